import ConsoleDomain
import Logging
import NodeKit
import Reactor
import TestKit

@testable import ConsoleService

/// A console without any service behind it: what it decides by itself, and how it bears their absence.
final class ConsoleFixture: Sendable {
  let node: TestNode
  let reactors: ReactorGroup
  let console: Console
  let edge: Edge

  init(url: String? = nil, proxies: Int = 0) throws {
    node = try TestNode()
    reactors = try ReactorGroup(count: 1, name: "console-test")
    var environment = [
      NodeKeys.city: node.city, NodeKeys.node: node.node, NodeKeys.timeZone: "America/Los_Angeles", NodeKeys.listen: "127.0.0.1:0",
      NodeKeys.plaintext: "1", NodeKeys.fieldKeyFile: "\(node.folder)/secret", "CHENGYUN_CONSOLE_PROXIES": "\(proxies)",
    ]
    if let url { environment["CHENGYUN_CONSOLE_URL"] = url }
    // Nothing listens on these.
    for service in ServiceName.all { environment[NodeKeys.address(of: service)] = "127.0.0.1:1" }
    let settings = try ConsoleConfiguration(environment: environment, program: #filePath)
    console = try Console(settings, reactors: reactors, logger: TestLog.silent)
    edge = Edge(console: console)
  }

  func close() async {
    console.endStreams()
    await console.close()
    await reactors.shutdown()
  }

  /// A browser's request: with the cookie and the token that the first answer gave.
  func ask(
    _ method: String, _ path: String, cookie: String? = nil, csrf: String? = nil, body: String? = nil, type: String = "application/json",
    headers: [String: String] = [:]
  ) async -> Reply {
    let parts = path.split(separator: "?", maxSplits: 1)
    var request = IncomingRequest(method, String(parts[0]))
    request.query = parts.count > 1 ? String(parts[1]) : ""
    request.address = "192.0.2.1"
    request.headers = headers
    if let cookie { request.headers["cookie"] = cookie }
    if let csrf { request.headers["x-csrf-token"] = csrf }
    if let body {
      request.headers["content-type"] = type
      request.body = Array(body.utf8)
    }
    return Reply((try? await edge.begin(request).value) ?? .problem(.internalError))
  }

  /// A fresh browser's cookie, with its token.
  func browser() -> (cookie: String, csrf: String) {
    let cookie = SessionCookie.fresh(token: nil)
    return ("chengyun_session=\(console.cookies.value(of: cookie))", console.cookies.csrf(of: cookie))
  }
}

/// An answer, read.
struct Reply {
  let status: Int
  let headers: [String: String]
  let bytes: [UInt8]

  init(_ answer: Answer) {
    status = answer.status
    headers = Dictionary(answer.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    if case .bytes(let bytes, _) = answer.body { self.bytes = bytes } else { bytes = [] }
  }

  var json: JSON? { try? JSONReader.read(bytes) }
  var code: String? { json?["error"]?["code"]?.string }
}

func withConsole(
  url: String? = nil, proxies: Int = 0, _ body: (ConsoleFixture) async throws -> Void
) async throws {
  let fixture = try ConsoleFixture(url: url, proxies: proxies)
  do {
    try await body(fixture)
  } catch {
    await fixture.close()
    throw error
  }
  await fixture.close()
}
