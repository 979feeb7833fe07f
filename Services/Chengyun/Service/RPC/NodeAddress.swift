internal import ChengyunDomain
internal import Cryptography
internal import RPC
internal import Reactor

/// How a node is reached: addresses, and the operator's certificate unless it speaks plain text.
struct NodeAddress: Sendable {
  let addresses: [ServiceName: String]
  let authority: String?
  let certificate: String?
  let key: String?

  init(folder: NodeFolder, settings: NodeSettings) {
    addresses = Dictionary(uniqueKeysWithValues: ServiceName.allCases.map { ($0, settings.address(of: $0)) })
    let secure = !settings.plaintext
    authority = secure ? folder.certificate(of: NodeCertificates.authorityName) : nil
    certificate = secure ? folder.certificate(of: NodeCertificates.operatorName) : nil
    key = secure ? folder.key(of: NodeCertificates.operatorName) : nil
  }

  init(_ status: NodeStatus) {
    addresses = Dictionary(uniqueKeysWithValues: ServiceName.allCases.map { ($0, status.services[$0.rawValue]?.address ?? "") })
    authority = status.certificateAuthority
    certificate = status.clientCertificate
    key = status.clientKey
  }

  /// Reads the certificates: blocks for a moment.
  func channels(reactors: ReactorGroup, configuration: ChannelConfiguration = ChannelConfiguration()) throws -> [ServiceName: RPC.Channel] {
    var tls: TLSContext?
    if let authority, let certificate, let key {
      tls = try TLSContext.client(
        TLSContext.Configuration(certificateChain: .file(certificate), privateKey: .file(key), trustedAuthorities: .file(authority)))
    }
    return addresses.reduce(into: [:]) { channels, entry in
      channels[entry.key] = RPC.Channel(
        target: entry.value, tls: tls, expectedService: tls == nil ? nil : entry.key.rawValue, configuration: configuration,
        reactors: reactors)
    }
  }
}
