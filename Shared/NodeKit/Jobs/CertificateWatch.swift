// Tells in time that a certificate comes to its end.
public import Cryptography
public import Logging
internal import Reactor

/// Warns in the log while the end of one of the certificates that this process was started with comes near. A running process keeps those
/// that it has read at its start.
public struct CertificateWatch: Job {
  /// So long before the end it begins to warn: 30 days.
  public static let notice: Duration = .days(30)

  /// Between two looks. Default 1 day.
  var interval: Duration = .days(1)
  public let certificates: [CertificateEnd]
  let logger: Logger
  let now: @Sendable () -> Int64

  public let name = "certificate-watch"

  /// - Parameter now: seconds since 1970 (UTC). Default: the system's time, which is what peers check certificates against.
  public init(certificates: [CertificateEnd], logger: Logger, now: @escaping @Sendable () -> Int64 = { systemSeconds() }) {
    self.certificates = certificates
    self.logger = logger
    self.now = now
  }

  public func run() async throws {
    while true {
      look()
      try await Reactor.sleep(for: interval)
    }
  }

  func look() {
    for certificate in certificates {
      let left = Duration.seconds(certificate.notAfter - now())
      guard left <= Self.notice else { continue }
      logger.warning(
        "certificate ends soon: renew it and start the service anew (a start of the node does both for its own)",
        metadata: ["file": "\(certificate.file)", "days_left": "\(max(0, left.components.seconds / 86_400))"])
    }
  }
}

/// A file with a certificate, and when that ends.
public struct CertificateEnd: Sendable, Hashable {
  public let file: String
  /// Seconds since 1970 (UTC).
  public let notAfter: Int64

  init(file: String, notAfter: Int64) {
    self.file = file
    self.notAfter = notAfter
  }

  /// Of the first certificate in the file. Blocking, for start-up.
  public init(file: String) throws(CryptographyError) {
    self.init(file: file, notAfter: try PeerCertificate(file: file).notAfter)
  }
}
