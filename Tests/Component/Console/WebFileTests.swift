import ConsoleDomain
import TestKit
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

  /// Third-party files have a version of their own, which the shells say: an update of the pages does not fetch them again.
  @Test func thirdPartyFilesAreKeptForEver() async throws {
    try await withConsole { console in
      let third = try TestNode()
      let files = try WebFiles(web: console.console.settings.web, assets: third.folder)
      let version = files.vendorVersion
      #expect(version != files.version)
      for shell in ["/centre", "/report"] {
        #expect(await Reply(try files.answer(IncomingRequest("GET", shell))).text.contains("content=\"/vendor/\(version)/\""), "\(shell)")
      }
      for (path, isForEver) in [("/vendor/\(version)/ca.pem", true), ("/vendor/ca.pem", false), ("/vendor/older/ca.pem", false)] {
        let reply = await Reply(try files.answer(IncomingRequest("GET", path)))
        #expect(reply.status == 200 && reply.text.contains("BEGIN CERTIFICATE"), "\(path)")
        #expect(reply.headers["Cache-Control"]?.contains("immutable") == isForEver, "\(path)")
      }
      let unknown = ["/vendor/\(version)/scripts/console.js", "/vendor/\(version)/", "/assets/\(version)/ca.pem"]
      for path in unknown { #expect(throws: Problem.self, "\(path)") { try files.answer(IncomingRequest("GET", path)) } }
      let changed = try WebFiles(web: third.folder, assets: third.folder)
      #expect(changed.vendorVersion == version && changed.version != files.version)
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
