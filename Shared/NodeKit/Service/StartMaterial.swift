// What a start reads from files, before anything is opened.
internal import CityModel
internal import Cryptography
internal import RPC

/// Certificates, secret and time zone of a configuration. Loading blocks: off the reactors.
struct StartMaterial: Sendable {
  /// Nil in plain text.
  let serverTLS: TLSContext?
  let clientTLS: TLSContext?
  /// Whose certificates count, and what this service signs with. Nil in plain text.
  let authorities: TrustedAuthorities?
  let signingKey: SigningKey?
  /// When the authority's certificate and the service's own end. None in plain text.
  let certificates: [CertificateEnd]
  let secret: NodeSecret
  let timeZone: CityTimeZone

  /// - Throws: `ConfigurationError` with everything that is unreadable.
  init(_ configuration: ServiceConfiguration) throws(ConfigurationError) {
    var faults: [ConfigurationError.Fault] = []
    func attempt<Value>(_ name: String, _ body: () throws -> Value) -> Value? {
      do {
        return try body()
      } catch let error as ConfigurationError {
        faults += error.faults
      } catch {
        faults.append(ConfigurationError.Fault(name: name, complaint: "cannot be used: \(error)"))
      }
      return nil
    }
    let timeZone = attempt(NodeKeys.timeZone) { try CityTimeZone(name: configuration.timeZone) }
    let secret = attempt(NodeKeys.fieldKeyFile) { try NodeSecret(file: configuration.secretFile) }
    let tls = attempt(NodeKeys.tlsCertificate) {
      (
        contexts: try Self.contexts(configuration), proof: try Self.proof(configuration), certificates: try Self.certificates(configuration)
      )
    }
    guard let timeZone, let secret, let tls else { throw ConfigurationError(faults) }
    (serverTLS, clientTLS) = tls.contexts
    (authorities, signingKey) = tls.proof
    certificates = tls.certificates
    self.secret = secret
    self.timeZone = timeZone
  }

  private static func contexts(_ configuration: ServiceConfiguration) throws -> (TLSContext?, TLSContext?) {
    guard case .mutualTLS(let authority, let certificate, let key) = configuration.security else { return (nil, nil) }
    let settings = TLSContext.Configuration(
      certificateChain: .file(certificate), privateKey: .file(key), trustedAuthorities: .file(authority))
    let contexts = (try TLSContext.server(settings), try TLSContext.client(settings))
    try checkName(in: certificate, is: configuration)
    return contexts
  }

  private static func proof(_ configuration: ServiceConfiguration) throws -> (TrustedAuthorities?, SigningKey?) {
    guard case .mutualTLS(let authority, let certificate, let key) = configuration.security else { return (nil, nil) }
    return (try TrustedAuthorities(.file(authority)), try SigningKey(certificate: .file(certificate), key: .file(key)))
  }

  private static func certificates(_ configuration: ServiceConfiguration) throws -> [CertificateEnd] {
    guard case .mutualTLS(let authority, let certificate, _) = configuration.security else { return [] }
    return try [authority, certificate].map { try CertificateEnd(file: $0) }
  }

  /// A certificate with another name would start well, and then be refused by everyone.
  private static func checkName(in file: String, is configuration: ServiceConfiguration) throws {
    let certificate = try PeerCertificate(file: file)
    guard !certificate.uris.contains(configuration.identity.uri) else { return }
    throw ConfigurationError(NodeKeys.tlsCertificate, "must name \(configuration.identity.uri)")
  }
}
