import CityModel
import CommonAPI
import ConsoleDomain
import EventsAPI
import Synchronization
import Testing

@testable import ConsoleService

@Suite(.timeLimit(.minutes(5))) struct ReportTests {
  /// The page reads the case from dispatch next: it is as the command left it, or dispatch is behind and the command stands all the same.
  @Test(arguments: [true, false]) func theAnswerWaitsUntilDispatchHasHeardOfIt(arrives: Bool) async throws {
    try await withCity { console, city in
      city.signIn("li", .acceptor)
      city.state.withLock { $0.arrives = arrives }
      let browser = console.browser("li")
      let path = "/api/reports/\(city.idText("report"))/actions"
      let place = #"{"key":"k","point":{"lon":116.4,"lat":39.9}}"#
      let placed = await console.ask("POST", "\(path)/place", cookie: browser.cookie, csrf: browser.csrf, body: place)
      let reason = #"{"key":"u","reason":"另一处"}"#
      let left = await console.ask("POST", "\(path)/unlink", cookie: browser.cookie, csrf: browser.csrf, body: reason)
      for reply in [placed, left] {
        #expect(reply.status == 200 && reply.json?["id"]?.string == city.idText("report"), "\(reply.text)")
      }
      let expected = [2, 3].map { AwaitRequest(source: "intake", position: Position(transaction: 8, sequence: $0)) }
      #expect(city.state.withLock { $0.awaited } == expected)
    }
  }
}
