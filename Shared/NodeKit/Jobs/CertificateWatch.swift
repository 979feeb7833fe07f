// Tells in time that a certificate comes to its end.
internal import Cryptography
internal import Logging
internal import Reactor

/// Warns in the log while the end of one of the certificates that this process was started with comes near. A running process keeps those
/// that it has read at its start.
struct CertificateWatch: Job {
  /// So long before the end it begins to warn: 30 days.
  static let notice: Duration = .days(30)

  /// Between two looks. Default 1 day.
  var interval: Duration = .days(1)
  let certificates: [CertificateEnd]
  let logger: Logger
  /// Seconds since 1970 (UTC): the system's time, which is what peers check certificates against.
  var now: @Sendable () -> Int64 = { systemSeconds() }

  let name = "certificate-watch"

  func run() async throws {
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
        "certificate ends soon: renew it and start the service anew (a start of the node does both)",
        metadata: ["file": "\(certificate.file)", "days_left": "\(max(0, left.components.seconds / 86_400))"])
    }
  }
}

/// A file with a certificate, and when that ends: seconds since 1970 (UTC).
struct CertificateEnd: Sendable, Hashable {
  let file: String
  let notAfter: Int64
}
