import ConsoleDomain
import Logging
import NodeKit
import Reactor
import Synchronization
import TestKit

@testable import ConsoleService

/// A console without any service behind it: what it decides by itself, and how it bears their absence.
final class ConsoleFixture: Sendable {
  let node: TestNode
  let reactors: ReactorGroup
  let console: Console
  let edge: Edge
  /// Stands until a test lets it go on.
  private let clock: StandingClock

  /// - Parameters:
  ///   - services: where the services are; without it nothing listens there.
  ///   - certificates: the console's own and the one for browsers, by how long they are good; nil: everything is in plain text.
  init(
    url: String? = nil, proxies: Int = 0, services: String = "127.0.0.1:1", certificates: (own: Duration, browsers: Duration)? = nil,
    logger: Logger = TestLog.silent
  ) throws {
    node = try TestNode()
    reactors = try ReactorGroup(count: 1, name: "console-test")
    var environment = [
      NodeKeys.city: node.city, NodeKeys.node: node.node, NodeKeys.timeZone: "America/Los_Angeles", NodeKeys.listen: "127.0.0.1:0",
      NodeKeys.plaintext: "1", NodeKeys.fieldKeyFile: "\(node.folder)/secret", "CHENGYUN_CONSOLE_PROXIES": "\(proxies)",
    ]
    if let url { environment["CHENGYUN_CONSOLE_URL"] = url }
    for service in ServiceName.all { environment[NodeKeys.address(of: service)] = services }
    if let certificates {
      let (authority, own, key) = try node.files(of: "console", validity: certificates.own)
      let shown = try node.files(of: "browsers", validity: certificates.browsers)
      environment.removeValue(forKey: NodeKeys.plaintext)
      environment.merge([
        NodeKeys.tlsAuthority: authority, NodeKeys.tlsCertificate: own, NodeKeys.tlsKey: key,
        "CHENGYUN_CONSOLE_TLS_CERT": shown.certificate, "CHENGYUN_CONSOLE_TLS_KEY": shown.key,
      ]) { $1 }
    }
    let settings = try ConsoleConfiguration(environment: environment, program: #filePath)
    let clock = StandingClock()
    self.clock = clock
    console = try Console(settings, reactors: reactors, logger: logger) { clock.time.withLock { $0 } }
    edge = Edge(console: console)
  }

  /// For what visitors may ask and how long people are remembered.
  func pass(_ duration: Duration) { clock.time.withLock { $0 = $0.advanced(by: duration) } }

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
    await Reply(answer(method, path, cookie: cookie, csrf: csrf, body: body, type: type, headers: headers))
  }

  /// The answer as the HTTP server would write it.
  func answer(
    _ method: String, _ path: String, cookie: String? = nil, csrf: String? = nil, body: String? = nil, type: String = "application/json",
    headers: [String: String] = [:]
  ) async -> Answer {
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
    return (try? await edge.begin(request).value) ?? .problem(.internalError)
  }

  /// A fresh browser's cookie, with its token; of somebody who is signed in, if a session's token is given.
  func browser(_ token: String? = nil) -> (cookie: String, csrf: String) {
    let cookie = SessionCookie.fresh(token: token)
    return ("chengyun_session=\(console.cookies.value(of: cookie))", console.cookies.csrf(of: cookie))
  }
}

/// An answer, read.
struct Reply {
  let status: Int
  let headers: [String: String]
  let bytes: [UInt8]

  /// False: it broke off.
  let isWhole: Bool

  init(_ answer: Answer) async {
    status = answer.status
    headers = Dictionary(answer.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    switch answer.body {
    case .bytes(let bytes, _):
      self.bytes = bytes
      isWhole = true
    case .chunks(let feed, _):
      var bytes: [UInt8] = []
      var isWhole = true
      do {
        while let part = try await feed.next() { bytes += part }
      } catch {
        isWhole = false
      }
      self.bytes = bytes
      self.isWhole = isWhole
    case .none, .events:
      bytes = []
      isWhole = true
    }
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  var json: JSON? { try? JSONReader.read(bytes) }
  var code: String? { json?["error"]?["code"]?.string }
}

private final class StandingClock: Sendable {
  let time = Mutex(MonotonicTime.now())
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
