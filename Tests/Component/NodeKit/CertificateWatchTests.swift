import Cryptography
import Logging
import Synchronization
import TestKit
import Testing

@testable import NodeKit

@Suite(.timeLimit(.minutes(5))) struct CertificateWatchTests {
  /// Its lines, without the time in front.
  final class Lines: Sendable {
    private let written = Mutex<[String]>([])

    var all: [String] { written.withLock { $0 } }

    func logger() -> Logger {
      Logger(label: "tiny") { label in
        LineLogHandler(label: label) { [self] line in
          let text = String(decoding: line.dropLast(), as: UTF8.self)
          written.withLock { $0.append(text.split(separator: " ", maxSplits: 1).last.map(String.init) ?? "") }
        }
      }
    }
  }

  static let day: Int64 = 86_400

  @Test(arguments: [(31 * day, nil), (30 * day, "30"), (day + 1, "1"), (1, "0"), (-day, "0")] as [(Int64, String?)])
  func warnsInTheLastThirtyDays(left: Int64, told: String?) {
    let lines = Lines()
    let certificates = [CertificateEnd(file: "/ca", notAfter: 10_000 * Self.day), CertificateEnd(file: "/own", notAfter: 1_000 + left)]
    CertificateWatch(certificates: certificates, logger: lines.logger(), now: { 1_000 }).look()
    let text = "warning tiny certificate ends soon: renew it and start the service anew (a start of the node does both for its own)"
    #expect(lines.all == told.map { ["\(text) days_left=\($0) file=/own"] } ?? [])
  }

  @Test func aServiceKnowsTheEndsOfItsCertificates() async throws {
    try await withDatabase { test in
      let node = try TestNode()
      let configuration = try node.configuration("tiny", database: test)
      let known = try StartMaterial(configuration).certificates
      #expect(known.map(\.file) == ["\(node.folder)/ca.pem", "\(node.folder)/tiny.pem"])
      #expect(known.map { ($0.notAfter - systemSeconds() + 600) / Self.day } == [3_650, 825])
      withExtendedLifetime(node) {}
    }
  }
}
