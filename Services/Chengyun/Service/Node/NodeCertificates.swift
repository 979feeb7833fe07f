internal import ChengyunDomain
internal import Cryptography
internal import Glibc

/// The node's own certificate authority and what it has issued: one certificate a service, one for the console and one for the operator.
struct NodeCertificates {
  /// The name of the operator's certificate: who drives clocks and replays.
  static let operatorName = "operator"
  /// The HTTP edge: it calls the services, and no service calls it.
  static let consoleName = "console"
  /// What the console shows browsers. Its URIs are web addresses: it makes nobody a service.
  static let browsersName = "browsers"
  static let authorityName = "ca"
  /// A certificate with less than this left is renewed at the next start: more than a year, so that a node that is restarted once a year
  /// never meets the end of one (they are made for 825 days).
  static let renewalSeconds: Int64 = 400 * 86_400

  private static let clients: Set = [operatorName, consoleName]
  private static let holders = ServiceName.allCases.map(\.rawValue) + [consoleName, operatorName]

  let folder: NodeFolder

  var authorityFile: String { folder.certificate(of: Self.authorityName) }

  /// Makes what is missing, runs out soon or names another identity. Gives the names of what was made.
  func ensure(_ settings: NodeSettings, now: Int64 = systemSeconds()) throws -> [String] {
    let (authority, isNew) = try ensureAuthority(settings, now: now)
    var made = isNew ? [Self.authorityName] : []
    for name in Self.holders {
      let identity = settings.identity(of: name)
      if !isNew, isValid(name, uris: [identity], now: now) { continue }
      let issued = try authority.issue(
        CertificateRequest(
          commonName: name, uris: [identity], dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"],
          usage: Self.clients.contains(name) ? .client : .serverAndClient), now: now)
      try store(issued.certificatePEM, key: issued.privateKeyPEM, of: name)
      made.append(name)
    }
    if settings.consolePlace.usesOwnCertificate, try ensureBrowsers(settings.consolePlace, authority, now: now) {
      made.append(Self.browsersName)
    }
    return made
  }

  /// For the names and addresses by which browsers find the console; made anew when they change. Whether it was made.
  private func ensureBrowsers(_ place: ConsolePlace, _ authority: CertificateAuthority, now: Int64) throws -> Bool {
    let (name, addresses) = (Self.browsersName, Set([NodeSettings.loopback, place.near]).sorted())
    let names = Set(["localhost", place.host]).sorted()
    let uris = (names + addresses).map { "https://\($0)" }
    guard !isValid(name, uris: uris, now: now) else { return false }
    let issued = try authority.issue(
      CertificateRequest(commonName: String(place.host.prefix(64)), uris: uris, dnsNames: names, ipAddresses: addresses, usage: .server),
      now: now)
    try store(issued.certificatePEM, key: issued.privateKeyPEM, of: name)
    return true
  }

  /// When the first of all certificates ends, in seconds since 1970 (UTC): the authority's or one that it issued. Nil without any.
  func firstEnd() -> Int64? {
    let files = [authorityFile] + (Self.holders + [Self.browsersName]).map(folder.certificate(of:))
    return files.compactMap { try? PeerCertificate(file: $0).notAfter }.min()
  }

  /// The certificate goes first and comes last: killed in between, there is none, and the next start makes the pair anew.
  private func store(_ certificate: [UInt8], key: [UInt8], of name: String) throws {
    unlink(folder.certificate(of: name))
    try Files.write(key, to: folder.key(of: name), mode: 0o600)
    try Files.write(certificate, to: folder.certificate(of: name), mode: 0o644)
  }

  private func ensureAuthority(_ settings: NodeSettings, now: Int64) throws -> (CertificateAuthority, isNew: Bool) {
    let keyFile = folder.key(of: Self.authorityName)
    if Files.exists(authorityFile), Files.exists(keyFile) {
      let certificate = try Files.read(authorityFile)
      if try PeerCertificate(pem: certificate).notAfter - now > Self.renewalSeconds {
        return (try CertificateAuthority(certificatePEM: certificate, privateKeyPEM: try Files.read(keyFile)), false)
      }
    }
    let authority = try CertificateAuthority.make(commonName: "Chengyun \(settings.city) \(settings.node)", now: now)
    // What the old one has issued is worth nothing under the new one, also when this is killed before all are issued again.
    for name in Self.holders + [Self.browsersName] { unlink(folder.certificate(of: name)) }
    try store(authority.certificatePEM, key: authority.privateKeyPEM, of: Self.authorityName)
    return (authority, true)
  }

  private func isValid(_ name: String, uris: [String], now: Int64) -> Bool {
    guard Files.exists(folder.key(of: name)), let pem = try? Files.read(folder.certificate(of: name)),
      let certificate = try? PeerCertificate(pem: pem)
    else { return false }
    return certificate.uris == uris && certificate.notAfter - now > Self.renewalSeconds
  }
}
