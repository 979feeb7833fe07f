import ConsoleDomain
import Testing

@testable import ConsoleService

@Suite(.timeLimit(.minutes(5))) struct EdgeTests {
  @Test func everyAnswerIsGuarded() async throws {
    try await withConsole { console in
      for path in ["/healthz", "/api/nothing", "/report", "/assets/x.js", "/api/cases"] {
        let reply = await console.ask("GET", path)
        #expect(reply.headers["Content-Security-Policy"]?.contains("default-src 'none'") == true, "\(path)")
        #expect(reply.headers["Content-Security-Policy"]?.contains("unsafe") == false)
        #expect(reply.headers["X-Content-Type-Options"] == "nosniff" && reply.headers["Referrer-Policy"] == "no-referrer")
        #expect(reply.headers["Cross-Origin-Opener-Policy"] == "same-origin")
      }
    }
  }

  @Test func strangersAreAskedToSignIn() async throws {
    try await withConsole { console in
      for endpoint in Endpoints.descriptions where endpoint.access != .anyone {
        let path = endpoint.path.replacing(/\{[^}]*\}/, with: "1")
        let (cookie, csrf) = console.browser()
        let reply = await console.ask(endpoint.method.rawValue.uppercased(), path, cookie: cookie, csrf: csrf, body: "{}")
        #expect(reply.status == 401 && reply.code == "signed_out", "\(endpoint.method) \(endpoint.path) \(reply.status)")
      }
    }
  }

  @Test func nothingIsChangedWithoutTheToken() async throws {
    try await withConsole { console in
      let (cookie, csrf) = console.browser()
      let (_, foreign) = console.browser()
      for endpoint in Endpoints.descriptions where endpoint.method != .get {
        let (method, path) = (endpoint.method.rawValue.uppercased(), endpoint.path.replacing(/\{[^}]*\}/, with: "1"))
        for (cookie, csrf) in [(nil, csrf), (cookie, nil), (cookie, foreign), (cookie, "x")] as [(String?, String?)] {
          let reply = await console.ask(method, path, cookie: cookie, csrf: csrf, body: "{}")
          #expect(reply.code == "csrf" || reply.code == "too_many_requests", "\(method) \(path) \(String(describing: reply.code))")
        }
      }
      let reply = await console.ask(
        "POST", "/api/public/reports", cookie: cookie, csrf: csrf, body: "{}", headers: ["sec-fetch-site": "cross-site"])
      #expect(reply.code == "csrf" || reply.code == "too_many_requests")
    }
  }

  @Test(arguments: [
    ("", "application/json", 400, "not_json"), ("[]", "application/json", 400, "not_json"), ("{", "application/json", 400, "not_json"),
    ("{}", "application/json", 400, "invalid_field"), ("{}", "text/plain", 415, "content_type"),
    ("{\"key\":\"k\",\"kind\":\"x\",\"text\":7}", "application/json; charset=utf-8", 400, "invalid_field"),
  ])
  func badBodiesAreExplained(body: String, type: String, status: Int, code: String) async throws {
    try await withConsole { console in
      let (cookie, csrf) = console.browser()
      let reply = await console.ask("POST", "/api/public/reports", cookie: cookie, csrf: csrf, body: body, type: type)
      #expect(reply.status == status && reply.code == code)
      #expect(reply.json?["error"]?["message"]?.string?.isEmpty == false && reply.json?["error"]?["message_en"]?.string?.isEmpty == false)
    }
  }

  @Test func methodsAndPathsAreKnown() async throws {
    try await withConsole { console in
      #expect(await console.ask("GET", "/api/nothing").status == 404)
      let reply = await console.ask("PATCH", "/api/session")
      #expect(reply.status == 405 && reply.headers["Allow"] == "DELETE, GET, POST")
      #expect(await console.ask("POST", "/report").status == 405)
      for path in ["/../etc/passwd", "/assets/../secret", "/assets/%2e%2e/%2e%2e/etc/passwd", "/assets/x%00", "/%ff"] {
        #expect(await console.ask("GET", path).status == 404, "\(path)")
      }
    }
  }

  @Test func aCitizenIsSlowedDown() async throws {
    try await withConsole { console in
      var statuses: [Int] = []
      for _ in 0..<61 { statuses.append(await console.ask("GET", "/api/public/reports/1?token=").status) }
      #expect(statuses.firstIndex(of: 429) == 60)
      #expect(await console.ask("GET", "/healthz").status == 200, "the others' operations are not counted")
      console.pass(.milliseconds(500))
      #expect(await console.ask("GET", "/api/public/reports/1?token=").status != 429, "two a second come back")
      #expect(await console.ask("GET", "/api/public/reports/1?token=").status == 429)
    }
  }

  @Test func proxiesNameTheVisitorAndNobodyElseCan() async throws {
    try await withConsole(proxies: 1) { console in
      var statuses: Set<Int> = []
      for number in 0..<100 {
        let headers = ["x-forwarded-for": "10.0.0.\(number), 198.51.100.\(number)"]
        statuses.insert(await console.ask("GET", "/api/public/reports/1", headers: headers).status)
      }
      #expect(!statuses.contains(429), "each of them is another one")
      for number in 0..<100 {
        let headers = ["x-forwarded-for": "10.0.0.\(number), 198.51.100.1"]
        statuses.insert(await console.ask("GET", "/api/public/reports/1", headers: headers).status)
      }
      #expect(statuses.contains(429), "what the visitor writes before the proxy's entry is not believed")
    }
  }

  /// Some proxies write a line of their own instead of adding to the one that is there.
  @Test func aProxysOwnLineCountsAndNotTheVisitors() {
    var request = IncomingRequest("GET", "/")
    for value in ["10.0.0.1", "10.0.0.2, 10.0.0.3", "198.51.100.1"] { request.add("x-forwarded-for", value) }
    for value in ["a=1", "b=2"] { request.add("cookie", value) }
    #expect(Visitor(request, proxies: 1).address == "198.51.100.1" && Visitor(request, proxies: 2).address == "10.0.0.3")
    #expect(request.headers["cookie"] == "a=1; b=2")
  }

  @Test func theSessionIsShownWithoutAnyService() async throws {
    try await withConsole { console in
      let reply = await console.ask("GET", "/api/session")
      #expect(reply.status == 200 && reply.json?["user"] == .null)
      #expect(reply.json?["services"]?["dispatch"] == "unreachable")
      let cookie = try #require(reply.headers["Set-Cookie"]).split(separator: ";")[0]
      #expect(reply.headers["Set-Cookie"]?.contains("HttpOnly; SameSite=Strict") == true)
      #expect(reply.headers["Set-Cookie"]?.contains("Secure") == false)
      let csrf = try #require(reply.json?["csrf"]?.string)
      let next = await console.ask("GET", "/api/session", cookie: String(cookie))
      #expect(next.json?["csrf"]?.string == csrf, "the same browser has the same token")
    }
    try await withConsole(url: "https://city.example") { console in
      #expect(await console.ask("GET", "/api/session").headers["Set-Cookie"]?.contains("; Secure") == true)
    }
  }
}
