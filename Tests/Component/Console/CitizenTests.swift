import CityModel
import ConsoleDomain
import Synchronization
import Testing

@testable import ConsoleService

@Suite(.timeLimit(.minutes(5))) struct CitizenTests {
  private static let report = #"{"key":"k","kind":"lamp","text":"路灯不亮","point":{"lon":116.4,"lat":39.9}}"#

  /// The link works when the answer is there, or the answer says that it does not yet.
  @Test(arguments: [true, false]) func aReportIsReadyWhenItCanBeFollowed(arrives: Bool) async throws {
    try await withCity { console, city in
      city.state.withLock { $0.arrives = arrives }
      let (cookie, csrf) = console.browser()
      let reply = await console.ask("POST", "/api/public/reports", cookie: cookie, csrf: csrf, body: Self.report)
      #expect(reply.status == 200 && reply.json?["link"] == "/follow/260101-000001-2?token=secret")
      #expect(reply.json?["ready"] == .bool(arrives), "\(reply.text)")
    }
  }

  @Test func whatOnlyStaffReportIsNotOffered() async throws {
    try await withCity { console, city in
      city.signIn("liu", .acceptor)
      let offered = await console.ask("GET", "/api/public/kinds")
      #expect(offered.text.contains("路灯") && !offered.text.contains("生命线报警"), "\(offered.text)")
      let all = await console.ask("GET", "/api/kinds", cookie: console.browser("liu").cookie)
      #expect(all.text.contains("生命线报警"), "\(all.text)")
    }
  }

  @Test func tooLargeIsSaidBeforeAnythingElse() async throws {
    try await withConsole { console in
      let (cookie, csrf) = console.browser()
      for (method, path) in [("POST", "/api/public/reports"), ("POST", "/api/session"), ("DELETE", "/api/session")] {
        for (cookie, csrf) in [(nil, nil), (cookie, csrf)] as [(String?, String?)] {
          var request = IncomingRequest(method, path)
          request.body = nil
          if let cookie { request.headers["cookie"] = cookie }
          if let csrf { request.headers["x-csrf-token"] = csrf }
          let reply = await Reply(await console.edge.answer(request))
          #expect(reply.status == 413 && reply.code == "body_too_large", "\(method) \(path)")
        }
      }
    }
  }
}
