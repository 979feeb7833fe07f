public import CityModel
internal import CommonAPI
public import Cryptography
internal import Glibc
public import NodeKit
public import Postgres
public import RPC
internal import Reactor
internal import Wire

/// A node in a temporary folder: an authority of its own, a certificate for whoever asks, a secret. Services of one node trust each other;
/// those of two nodes don't.
public final class TestNode: Sendable {
  public let folder: String
  public let authority: CertificateAuthority
  public let city: String
  public let node: String

  public init(city: String = "testcity", node: String = "test-1") throws {
    var path = Array("/tmp/cynode-XXXXXX".utf8CString)
    guard mkdtemp(&path) != nil else { throw SystemError("mkdtemp") }
    folder = path.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    self.city = city
    self.node = node
    authority = try CertificateAuthority.make(commonName: "\(city) \(node)")
    try Self.write(authority.certificatePEM, to: "\(folder)/ca.pem")
    try Self.write(Random.bytes(NodeSecret.byteCount), to: "\(folder)/secret")
  }

  deinit {
    guard let directory = opendir(folder) else { return }
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      unlink("\(folder)/\(name)")
    }
    closedir(directory)
    rmdir(folder)
  }

  /// The certificate's name of a service of this node.
  public func identity(of service: String) -> ServiceIdentity {
    ServiceIdentity(city: city, tier: "city", node: node, service: service)
  }

  /// A certificate and key for `service` of this node.
  public func issue(_ service: String, validity: Duration = .days(825)) throws -> IssuedCertificate {
    try authority.issue(
      CertificateRequest(
        commonName: service, uris: [identity(of: service).uri], dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"], validity: validity))
  }

  /// A certificate and key for `service`, in the folder, beside the authority's.
  /// - Parameter validity: of the certificate.
  public func files(
    of service: String, validity: Duration = .days(825)
  ) throws -> (authority: String, certificate: String, key: String) {
    let issued = try issue(service, validity: validity)
    let (certificate, key) = ("\(folder)/\(service).pem", "\(folder)/\(service).key")
    try Self.write(issued.certificatePEM, to: certificate)
    try Self.write(issued.privateKeyPEM, to: key)
    return ("\(folder)/ca.pem", certificate, key)
  }

  /// The settings of a service over mutual TLS, with its certificate in the folder.
  /// - Parameters:
  ///   - port: 0 takes a free one (`RunningService.addresses`); services that call each other need one of `FreePort`.
  ///   - addresses: where the services are that it calls.
  public func configuration(
    _ service: String, database: TestDatabase, port: UInt16 = 0, addresses: [String: String] = [:]
  ) throws -> ServiceConfiguration {
    let (authority, certificate, key) = try files(of: service)
    return ServiceConfiguration(
      service: service, city: city, tier: "city", node: node, listen: SocketAddress(host: "127.0.0.1", port: port)!,
      database: .init(conninfo: database.configuration.conninfo, schema: database.schema, connectionsPerReactor: 2),
      security: .mutualTLS(authority: authority, certificate: certificate, key: key),
      secretFile: "\(folder)/secret", addresses: addresses, drainGrace: .seconds(5), startPatience: .seconds(5))
  }

  /// What `caller` presents to the others.
  public func clientTLS(as caller: String) throws -> TLSContext {
    let issued = try issue(caller)
    return try TLSContext.client(
      TLSContext.Configuration(
        certificateChain: .pem(issued.certificatePEM), privateKey: .pem(issued.privateKeyPEM),
        trustedAuthorities: .pem(authority.certificatePEM)))
  }

  /// A channel to a running service, calling as `caller`: "operator", "console", "dispatch" … The test closes it.
  public func channel(to service: RunningService, as caller: String) throws -> RPC.Channel {
    RPC.Channel(
      target: service.addresses[0].description, tls: try clientTLS(as: caller), expectedService: service.runtime.configuration.service,
      reactors: service.runtime.reactors)
  }

  /// What the console sends with a call for a person: signed as `signer` would ("dispatch" is the one that counts).
  public func metadata(
    for roles: PersonRole..., named name: String = "zhang", department: String = "", crew: String = "", district: String = "",
    signer: String = ServiceName.dispatch, now: Instant = systemNow()
  ) throws -> Metadata {
    let person = Identity(
      userId: Identifier(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0042).bytes, name: name, displayName: "张三",
      roles: roles.map(\.rawValue), department: department, crew: crew, district: district, sessionId: [UInt8](repeating: 7, count: 16))
    let issued = try issue(signer)
    let key = try SigningKey(certificate: .pem(issued.certificatePEM), key: .pem(issued.privateKeyPEM))
    let signed = try IdentityIssuer(key: key, identity: identity(of: signer)).issue(person, now: now).signed
    var metadata = Metadata()
    metadata.append(IdentityKeys.metadata, bytes: signed.encoded())
    return metadata
  }

  private static func write(_ bytes: [UInt8], to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw SystemError("open \(path)") }
    defer { close(file) }
    guard Glibc.write(file, bytes, bytes.count) == bytes.count else { throw SystemError("write \(path)") }
  }
}

/// Starts a service of a new node on a schema of its own, runs `body` with it and a channel as "operator", and stops it.
public func withService<Result: Sendable>(
  _ name: String, migrations: [Migration], reactors: Int = 2, addresses: [String: String] = [:],
  build: @escaping @Sendable (ServiceRuntime) async throws -> ServiceParts,
  _ body: @escaping @Sendable (RunningService, RPC.Channel, TestNode) async throws -> Result
) async throws -> Result {
  try await withDatabase(reactors: reactors) { database in
    let node = try TestNode()
    let service = try await startService(
      try node.configuration(name, database: database, addresses: addresses), reactors: database.reactors, logger: TestLog.silent,
      migrations: migrations, build: build)
    let channel = try node.channel(to: service, as: ServiceName.operator)
    func cleanUp() async {
      await channel.close()
      await service.stop(grace: .seconds(1))
    }
    do {
      let result = try await body(service, channel, node)
      await cleanUp()
      return result
    } catch {
      await cleanUp()
      throw error
    }
  }
}
