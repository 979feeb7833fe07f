import AccountsAPI
import CityModel
import ConsoleDomain
import Synchronization
import Testing

@testable import ConsoleService

@Suite(.timeLimit(.minutes(5))) struct SessionTests {
  @Test func everybodySeesAndEndsTheOwnSessions() async throws {
    try await withCity { console, city in
      city.signIn("li", .crew, department: "环卫")
      city.signIn("wang", .crew, department: "环卫")
      let (cookie, csrf) = console.browser("li")
      let others = console.browser("wang").cookie
      _ = await console.ask("GET", "/api/cases", cookie: others)
      let path = "/api/users/\(city.idText("li"))/sessions"
      let listed = await console.ask("GET", path, cookie: cookie)
      #expect(listed.status == 200 && listed.json?["sessions"]?.array?.first?["current"] == true, "\(listed.text)")
      let other = await console.ask("DELETE", "/api/sessions/\(city.idText("nobody"))", cookie: cookie, csrf: csrf)
      #expect(other.status == 404 && other.code == "unknown_session")
      let own = await console.ask("DELETE", "/api/sessions/\(city.idText("session of li"))", cookie: cookie, csrf: csrf)
      #expect(own.status == 204)
      #expect(await console.ask("GET", path, cookie: cookie).code == "signed_out", "at once, whatever was remembered")
      let asked = city.state.withLock { $0.identified.count }
      _ = await console.ask("GET", "/api/cases", cookie: others)
      #expect(city.state.withLock { $0.identified.count } == asked, "the others are known as before")
    }
  }

  /// What a page asks by itself is a look; only what somebody does is told dispatch as use of the session.
  @Test func anOpenPageIsNoUseOfTheSession() async throws {
    try await withCity { console, city in
      city.signIn("li", .centre)
      let (cookie, _) = console.browser("li")
      let background = ["x-background": "1"]
      _ = await console.ask("GET", "/api/cases", cookie: cookie, headers: background)
      _ = await console.ask("GET", "/api/cases", cookie: cookie, headers: background)
      #expect(city.state.withLock { $0.identified.map(\.lookOnly) } == [true], "remembered for a moment")
      _ = await console.answer("GET", "/api/live", cookie: cookie)
      #expect(city.state.withLock { $0.identified.map(\.lookOnly) } == [true])
      _ = await console.ask("GET", "/api/cases", cookie: cookie)
      #expect(city.state.withLock { $0.identified.map(\.lookOnly) } == [true, false], "what a look taught does not serve for a use")
      _ = await console.ask("GET", "/api/cases", cookie: cookie, headers: background)
      #expect(city.state.withLock { $0.identified.count } == 2)
      console.pass(.seconds(10))
      _ = await console.ask("GET", "/api/cases", cookie: cookie)
      #expect(city.state.withLock { $0.identified.count } == 3, "for ten seconds")
    }
  }

  @Test func whoHasTooManyLivePagesIsToldWhatToDo() async throws {
    try await withCity { console, city in
      city.signIn("li", .centre)
      city.signIn("wang", .centre)
      var open: [Answer] = []
      for _ in 0..<8 { open.append(await console.answer("GET", "/api/live", cookie: console.browser("li").cookie)) }
      #expect(open.allSatisfy { $0.status == 200 })
      let reply = await console.ask("GET", "/api/live", cookie: console.browser("li").cookie)
      #expect(reply.status == 429 && reply.code == "too_many_streams" && reply.text.contains("最多同时打开 8 个"), "\(reply.text)")
      #expect(await console.answer("GET", "/api/live", cookie: console.browser("wang").cookie).status == 200)
      guard case .events(let feed) = open.removeLast().body else { return #expect(Bool(false), "not a stream") }
      feed.end()
      #expect(await console.answer("GET", "/api/live", cookie: console.browser("li").cookie).status == 200)
    }
  }

  @Test func aServiceThatDoesNotKnowTheMethodIsAnOldOne() async throws {
    try await withCity { console, city in
      city.signIn("li", .centre)
      let reply = await console.ask("GET", "/api/alarms", cookie: console.browser("li").cookie)
      #expect(reply.status == 501 && reply.json?["error"]?["message_en"]?.string?.contains("older version") == true)
    }
  }
}
