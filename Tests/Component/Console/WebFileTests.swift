import ConsoleDomain
import Testing

@testable import ConsoleService

@Suite(.timeLimit(.minutes(5))) struct WebFileTests {
  @Test func scriptsAndStylesAreSentCompressed() async throws {
    try await withConsole { console in
      let version = console.console.files.version
      for path in ["/assets/\(version)/scripts/console.js", "/assets/scripts/console.js", "/report", "/assets/icons/chengyun.svg"] {
        let plain = await console.ask("GET", path)
        let small = await console.ask("GET", path, headers: ["accept-encoding": "br, gzip;q=0.8"])
        #expect(plain.status == 200 && plain.headers["Content-Encoding"] == nil && plain.headers["Vary"] == "Accept-Encoding")
        #expect(small.headers["Content-Encoding"] == "gzip" && small.bytes.starts(with: [0x1F, 0x8B]), "\(path)")
        #expect(small.bytes.count < plain.bytes.count && small.headers["ETag"] != plain.headers["ETag"])
        for tag in [plain.headers["ETag"] ?? "", "W/\(small.headers["ETag"] ?? "")", "\"x\", \(plain.headers["ETag"] ?? "")"] {
          let again = await console.ask("GET", path, headers: ["if-none-match": tag])
          #expect(again.status == 304 && again.bytes.isEmpty && again.headers["ETag"] != nil, "\(path) \(tag)")
        }
      }
      let forEver = await console.ask("GET", "/assets/\(version)/scripts/console.js")
      #expect(forEver.headers["Cache-Control"]?.contains("immutable") == true)
      #expect(await console.ask("GET", "/assets/scripts/console.js").headers["Cache-Control"] == "no-cache")
    }
  }

  @Test func largeAnswersAreCompressedForWhoeverTakesIt() async throws {
    try await withConsole { console in
      let plain = await console.ask("GET", "/api/openapi.json", headers: ["accept-encoding": "gzip;q=0"])
      let small = await console.ask("GET", "/api/openapi.json", headers: ["accept-encoding": "gzip"])
      #expect(plain.headers["Content-Encoding"] == nil && plain.headers["Vary"] == "Accept-Encoding")
      #expect(small.headers["Content-Encoding"] == "gzip" && small.bytes.count * 3 < plain.bytes.count)
      let session = await console.ask("GET", "/api/session", headers: ["accept-encoding": "gzip"])
      #expect(session.headers["Content-Encoding"] == nil, "what holds a secret is not")
    }
  }
}
