import Reactor
import Testing

@testable import RPC

@Suite struct MetadataTests {
  @Test func keepsOrderAndKinds() {
    var metadata = Metadata()
    metadata.append("A-Name", "one")
    metadata.append("a-name", "two")
    metadata.append("key-bin", bytes: [0, 255])
    metadata.append("other", bytes: [7])
    #expect(metadata.all(named: "a-name") == ["one", "two"])
    #expect(metadata.first(named: "a-name") == "one")
    #expect(metadata.firstBytes(named: "key-bin") == [0, 255])
    #expect(metadata.firstBytes(named: "other-bin") == [7])
    #expect(metadata.first(named: "key-bin") == nil)
  }

  @Test(arguments: [("  padded ", "padded"), ("城运", "??"), ("a\r\nb: c", "a??b: c"), ("", "")])
  func valuesArePrintable(value: String, kept: String) {
    #expect(Metadata([("k", value)]).first(named: "k") == kept)
  }

  /// Several binary values may be joined by commas (PROTOCOL-HTTP2.md, Custom-Metadata).
  @Test func binaryValuesAreSplit() {
    var metadata = Metadata()
    let name = Array("k-bin".utf8)
    let value = Array("AQ,Ag==,!".utf8)
    name.withUnsafeBufferPointer { name in value.withUnsafeBufferPointer { metadata.appendReceived(name: name, value: $0) } }
    #expect(metadata.entries.map(\.value) == [.bytes([1]), .bytes([2])])
  }
}

@Suite struct ServiceIdentityTests {
  @Test func readsAndWrites() throws {
    let identity = try #require(ServiceIdentity(uri: "spiffe://liuzhou/city/lz-1/intake"))
    #expect(identity == ServiceIdentity(city: "liuzhou", tier: "city", node: "lz-1", service: "intake"))
    #expect(identity.uri == "spiffe://liuzhou/city/lz-1/intake")
  }

  @Test(arguments: [
    "", "spiffe://", "spiffe://a/b/c", "spiffe://a/b/c/d/e", "spiffe://a/b//d", "https://a/b/c/d", "spiffe://a/b/c/d ",
    "spiffe://a/b/c/d?x", "SPIFFE://a/b/c/d",
  ])
  func refuses(uri: String) {
    #expect(ServiceIdentity(uri: uri) == nil)
  }
}

@Suite struct AccessRuleTests {
  private let anonymous = Peer(address: "1.2.3.4:5", identity: nil)
  private let intake = Peer(address: "1.2.3.4:5", identity: ServiceIdentity(uri: "spiffe://c/t/n/intake"))

  @Test func decides() {
    #expect(AccessRule.anyone.refusal(of: anonymous, method: Echo.unary, trusted: false) == nil)
    #expect(AccessRule.authenticated.refusal(of: anonymous, method: Echo.unary, trusted: false)?.code == .unauthenticated)
    #expect(AccessRule.authenticated.refusal(of: intake, method: Echo.unary, trusted: false) == nil)
    let rule = AccessRule.services(["dispatch"])
    #expect(rule.refusal(of: anonymous, method: Echo.unary, trusted: false)?.code == .unauthenticated)
    #expect(rule.refusal(of: intake, method: Echo.unary, trusted: false)?.code == .permissionDenied)
    #expect(rule.refusal(of: anonymous, method: Echo.unary, trusted: true) == nil)
    #expect(AccessRule.services(["intake"]).refusal(of: intake, method: Echo.unary, trusted: false) == nil)
  }

  @Test func everyMethodNeedsARule() {
    #expect(throws: AccessPolicyIncomplete.self) { try RouteTable(Echo.router, access: AccessPolicy([Echo.unary: .anyone])) }
  }
}

@Suite struct RouteTableTests {
  @Test func findsEveryPathAndNoOther() throws {
    var router = Router()
    let methods = (0..<200).map { Method(service: "s.S\($0 % 7)", name: "M\($0)", kind: .unary) }
    for method in methods { router.unary(method) { (request: Blob, _: CallContext) async throws -> Blob in request } }
    let table = try RouteTable(router, access: AccessPolicy(Dictionary(uniqueKeysWithValues: methods.map { ($0, .anyone) })))
    for method in methods {
      #expect(Array(method.path.utf8).withUnsafeBufferPointer { table.find($0) }?.method == method)
    }
    for path in ["", "/", "/s.S0/M", "/s.S0/M00", "s.S0/M0"] {
      #expect(Array(path.utf8).withUnsafeBufferPointer { table.find($0) } == nil)
    }
  }
}

@Suite struct ChannelValueTests {
  @Test(arguments: [
    ("127.0.0.1:7001", ["127.0.0.1:7001"]), ("a:1,b:2", ["a:1", "b:2"]), ("a:1, [::1]:2", ["a:1", "[::1]:2"]),
  ])
  func targets(text: String, expected: [String]) {
    #expect(ChannelTarget(text)?.addresses.map(\.description) == expected)
  }

  @Test(arguments: ["", "a", "a:", ":1", "a:0", "a:99999", "a:1,", "::1:7001", "a:1;b:2"])
  func noTargets(text: String) {
    #expect(ChannelTarget(text) == nil)
  }

  @Test func backoffGrowsToItsLimit() {
    func delay(_ attempt: Int, _ random: Double) -> Duration {
      Backoff.delay(attempt: attempt, initial: .milliseconds(100), limit: .seconds(1), multiplier: 2, random: random)
    }
    #expect(delay(1, 0.5) == .milliseconds(100))
    #expect(delay(3, 0.5) == .milliseconds(400))
    #expect(delay(9, 0.5) == .seconds(1))
    #expect(delay(10_000, 0) == .milliseconds(800))
    #expect(delay(1, 1).inSeconds < 0.1201)
  }

  @Test func onlyUnavailableIsRetried() {
    var attempts = CallAttempts(CallOptions(retry: RetryPolicy(maxAttempts: 3)))
    #expect(attempts.pause(after: RPCError(.internal, ""), untouched: false) == nil)
    attempts = CallAttempts(CallOptions(retry: RetryPolicy(maxAttempts: 3)))
    #expect(attempts.pause(after: RPCError(.unavailable, ""), untouched: false) != nil)
    #expect(attempts.pause(after: RPCError(.unavailable, ""), untouched: false) != nil)
    #expect(attempts.pause(after: RPCError(.unavailable, ""), untouched: false) == nil)
    attempts = CallAttempts(CallOptions())
    #expect(attempts.pause(after: RPCError(.unavailable, ""), untouched: true) == .zero)
    #expect(attempts.pause(after: RPCError(.unavailable, ""), untouched: false) == nil)
  }

  @Test func nothingIsRetriedBeyondTheDeadline() {
    let retry = RetryPolicy(maxAttempts: 5, initialBackoff: .seconds(10))
    var attempts = CallAttempts(CallOptions(timeout: .seconds(1), retry: retry))
    #expect(attempts.pause(after: RPCError(.unavailable, ""), untouched: false) == nil)
  }
}

@Suite struct OutboundQueueTests {
  @Test func readsAcrossFrames() {
    var queue = OutboundQueue()
    queue.append([1, 2, 3])
    queue.append([4])
    queue.append([5, 6])
    #expect(queue.count == 6)
    var out: [UInt8] = []
    var sizes: [Int] = []
    while !queue.isEmpty {
      withUnsafeTemporaryAllocation(byteCount: 4, alignment: 1) { buffer in
        let count = queue.read(into: buffer)
        sizes.append(count)
        out.append(contentsOf: buffer[..<count])
      }
    }
    #expect(out == [1, 2, 3, 4, 5, 6])
    #expect(sizes == [4, 2])
    queue.append([7])
    #expect(queue.count == 1)
  }

  @Test func knowsWhetherItIsInsideAFrame() {
    var queue = OutboundQueue()
    queue.append([1, 2, 3])
    #expect(!queue.isInsideFrame)
    withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { _ = queue.read(into: $0) }
    #expect(queue.isInsideFrame)
  }
}

@Suite struct HeadTests {
  private func verdict(_ fields: [(String, String)], limit: Int = 1_000) throws -> RequestHead.Verdict {
    let access = AccessPolicy(Dictionary(uniqueKeysWithValues: Echo.router.methods.map { ($0, .anyone) }))
    let routes = try RouteTable(Echo.router, access: access)
    var head = RequestHead()
    for (name, value) in fields {
      Array(name.utf8).withUnsafeBufferPointer { name in
        Array(value.utf8).withUnsafeBufferPointer { if head.add(name, $0, limit: limit) { head.route = routes.find($0) } }
      }
    }
    return head.verdict(limit: limit)
  }

  private let good = [(":method", "POST"), (":path", "/test.Echo/Unary"), ("content-type", "application/grpc+proto")]

  @Test func accepts() throws {
    guard case .accepted(let route) = try verdict(good + [("grpc-timeout", "1S"), ("grpc-encoding", "identity")]) else {
      Issue.record("refused")
      return
    }
    #expect(route.method == Echo.unary)
  }

  @Test(arguments: [
    ([("grpc-encoding", "gzip")], StatusCode.unimplemented), ([("grpc-timeout", "soon")], .internal),
    ([(":path", "/test.Echo/Nothing")], .unimplemented), ([("k", String(repeating: "v", count: 1_000))], .resourceExhausted),
  ])
  func refuses(extra: [(String, String)], code: StatusCode) throws {
    guard case .refused(let error) = try verdict(good + extra) else {
      Issue.record("not refused")
      return
    }
    #expect(error.code == code)
  }

  @Test(arguments: [
    (("content-type", "application/json"), "415"), (("content-type", "application/grpcx"), "415"), ((":method", "GET"), "405"),
  ])
  func notGRPC(field: (String, String), expected: String) throws {
    guard case .notGRPC(let status, _) = try verdict(good + [field]) else {
      Issue.record("taken for gRPC")
      return
    }
    #expect("\(status)" == expected)
  }
}
