import Logging
import NodeKit
import Testing

@testable import ConsoleService

@Suite(.timeLimit(.minutes(5))) struct CertificateTests {
  /// Its own towards the services, and the one that browsers see; the authority's is good for years.
  @Test(arguments: [(29, 10, ["browsers.pem", "console.pem"]), (100, 29, ["browsers.pem"]), (29, 100, ["console.pem"])])
  func theConsoleTellsInTimeThatACertificateEnds(own: Int, browsers: Int, told: [String]) async throws {
    let (lines, continuation) = AsyncStream.makeStream(of: String.self)
    let logger = Logger(label: "console") { label in
      LineLogHandler(label: label) { continuation.yield(String(decoding: $0, as: UTF8.self)) }
    }
    let fixture = try ConsoleFixture(certificates: (.seconds(own * 86_400), .seconds(browsers * 86_400)), logger: logger)
    fixture.console.start()
    var files: [String] = []
    for await line in lines where line.contains("certificate ends soon") {
      files.append(line.split(separator: "/").last.map { String($0.dropLast()) } ?? line)
      if files.count == told.count { break }
    }
    #expect(files.sorted() == told)
    await fixture.close()
  }
}
