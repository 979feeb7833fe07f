// The composition of the console.
internal import CityModel
internal import CommonAPI
internal import ConsoleDomain
package import Cryptography
package import Logging
internal import NodeKit
package import Reactor

/// Everything that operations share. It keeps nothing that a restart would lose but who asked how often.
package struct Console: Sendable {
  let settings: ConsoleConfiguration
  let reactors: ReactorGroup
  let logger: Logger
  let zone: CityTimeZone
  /// Of browsers; nil in plain text.
  package let browserTLS: TLSContext?
  let services: ServiceClients
  package let cookies: SessionCookies
  let people: PeopleCache
  let limits: VisitorLimits
  let directory: Directory
  let files: WebFiles
  let live: LiveHub
  /// Tells in the log when a certificate that was read at the start comes to its end.
  private let certificateWatch: CertificateWatch
  private let watching = TaskBox()

  /// Reads certificates, secret and pages: blocking, for start-up.
  /// - Parameter now: by which visitors are counted and people remembered.
  package init(
    _ settings: ConsoleConfiguration, reactors: ReactorGroup, logger: Logger,
    now: @escaping @Sendable () -> MonotonicTime = MonotonicTime.now
  ) throws {
    self.settings = settings
    self.reactors = reactors
    self.logger = logger
    zone = try CityTimeZone(name: settings.timeZone)
    browserTLS = try settings.browserTLS.map {
      try TLSContext.webServer(certificateChain: .file($0.certificate), privateKey: .file($0.key))
    }
    cookies = SessionCookies(key: try NodeSecret(file: settings.secretFile).cookieKey, isSecure: settings.isSecure)
    services = ServiceClients(addresses: settings.addresses, tls: try Self.clientTLS(settings.security), reactors: reactors)
    people = PeopleCache(accounts: services.accounts, now: now)
    limits = VisitorLimits(now: now)
    directory = Directory(services: services)
    files = try WebFiles(web: settings.web, assets: settings.assets)
    live = LiveHub(services: services, zone: zone, logger: logger)
    certificateWatch = CertificateWatch(certificates: try settings.certificateFiles.map { try CertificateEnd(file: $0) }, logger: logger)
  }

  private static func clientTLS(_ security: ServiceConfiguration.Security) throws -> TLSContext? {
    guard case .mutualTLS(let authority, let certificate, let key) = security else { return nil }
    return try TLSContext.client(
      TLSContext.Configuration(certificateChain: .file(certificate), privateKey: .file(key), trustedAuthorities: .file(authority)))
  }

  /// Follows the services' events and watches the certificates, until closed.
  package func start() {
    live.start(on: reactors)
    let watch = certificateWatch
    watching.hold(reactors.next().spawn { try await watch.run() })
  }

  /// Something about this person has changed: dispatch is asked anew who it is, by the open pages too.
  func renew(user: [UInt8]) {
    people.forget { $0.userId == user }
    live.renew(user: user)
  }

  /// The session has ended: its open pages are told so.
  func end(session: [UInt8]) {
    people.forget { $0.sessionId == session }
    live.end(session: session)
  }

  /// Ends the streams of events, so that their readers don't hold up a drain.
  package func endStreams() { live.close() }

  package func close() async {
    watching.cancel()
    await services.close()
  }
}
