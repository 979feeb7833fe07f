import Cryptography
import Glibc
import Reactor
import Testing

@testable import RPC

/// mTLS: who gets in, and as whom.
@Suite struct TLSTests {
  private static var whoami: Router {
    var router = Echo.router
    router.unary(Method(service: "test.Echo", name: "Who", kind: .unary)) { (_: Blob, call: CallContext) async throws -> Blob in
      Blob(call.peer.identity?.uri ?? "nobody")
    }
    return router
  }

  private let who = Method(service: "test.Echo", name: "Who", kind: .unary)
  private let quick = CallOptions(timeout: .seconds(10), waitForReady: false)

  @Test(.timeLimit(.minutes(1)))
  func bothSidesKnowEachOther() async throws {
    let certificates = try Certificates()
    try await withServer(Self.whoami, tls: try certificates.server("intake")) { harness in
      let channel = harness.channel(tls: try certificates.client("dispatch"), expecting: "intake")
      let answer: Blob = try await channel.unary(who, Blob("x"))
      #expect(answer.text == "spiffe://testville/city/node-1/dispatch")
    }
  }

  @Test(.timeLimit(.minutes(1)), arguments: [0, 70_000, 3_000_000])
  func messagesOfAllSizes(size: Int) async throws {
    let certificates = try Certificates()
    try await withServer(tls: try certificates.server("intake")) { harness in
      let channel = harness.channel(tls: try certificates.client("dispatch"))
      let answer: Blob = try await channel.unary(Echo.unary, Blob(count: size))
      #expect(answer == Blob(count: size))
      var count = 0
      try await channel.serverStreaming(Echo.spread, Blob("20x\(size)")) { (_: Blob) in count += 1 }
      #expect(count == 20)
      let sum: Blob = try await channel.clientStreaming(Echo.collect) { requests in
        for _ in 0..<20 { try await requests.send(Blob(count: size)) }
      }
      #expect(sum.text == "20 \(20 * size)")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func rulesSpeakOfServices() async throws {
    let certificates = try Certificates()
    try await withServer(rule: .services(["dispatch"]), tls: try certificates.server("intake")) { harness in
      let _: Blob = try await harness.channel(tls: try certificates.client("dispatch")).unary(Echo.unary, Blob("x"))
      let refused = await status {
        let _: Blob = try await harness.channel(tls: try certificates.client("feedback")).unary(Echo.unary, Blob("x"))
      }
      #expect(refused?.code == .permissionDenied)
      // Also when the body is larger than any window: the refusal comes before it.
      let large = await status {
        let _: Blob = try await harness.channel(tls: try certificates.client("feedback")).unary(Echo.unary, Blob(count: 3_000_000))
      }
      #expect(large?.code == .permissionDenied)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func withoutCertificateNobodyGetsIn() async throws {
    let certificates = try Certificates()
    try await withServer(rule: .anyone, tls: try certificates.server("intake")) { harness in
      let error = await status {
        let _: Blob = try await harness.channel(tls: try certificates.clientWithoutCertificate()).unary(Echo.unary, Blob("x"), quick)
      }
      #expect(error?.code == .unavailable)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func foreignCertificateIsRefused() async throws {
    let certificates = try Certificates()
    let foreign = try Certificates()
    try await withServer(rule: .anyone, tls: try certificates.server("intake")) { harness in
      let stranger = try foreign.client("operator", trusting: certificates.authority)
      let error = await status { let _: Blob = try await harness.channel(tls: stranger).unary(Echo.unary, Blob("x"), quick) }
      #expect(error?.code == .unavailable)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func foreignServerIsRefused() async throws {
    let certificates = try Certificates()
    let foreign = try Certificates()
    try await withServer(rule: .anyone, tls: try foreign.server("intake")) { harness in
      let error = await status {
        let _: Blob = try await harness.channel(tls: try certificates.client("dispatch")).unary(Echo.unary, Blob("x"), quick)
      }
      #expect(error?.code == .unavailable)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func anotherServiceIsRefused() async throws {
    let certificates = try Certificates()
    try await withServer(rule: .anyone, tls: try certificates.server("feedback")) { harness in
      let channel = harness.channel(tls: try certificates.client("dispatch"), expecting: "intake")
      let error = await status { let _: Blob = try await channel.unary(Echo.unary, Blob("x"), quick) }
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains("feedback") == true)
      // Waiting in vain says why.
      let waiting = await status { let _: Blob = try await channel.unary(Echo.unary, Blob("x"), CallOptions(timeout: .milliseconds(300))) }
      #expect(waiting?.code == .deadlineExceeded)
      #expect(waiting?.message.contains("feedback") == true)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func plainTextIsNobody() async throws {
    try await withServer(rule: .services(["dispatch"]), trustPlaintext: false) { harness in
      let error = await status { let _: Blob = try await harness.channel().unary(Echo.unary, Blob("x")) }
      #expect(error?.code == .unauthenticated)
    }
  }
}

/// Drain, reconnect, retry.
@Suite struct ConnectionTests {
  @Test(.timeLimit(.minutes(1)))
  func drainLetsCallsEnd() async throws {
    let started = Gate<Void>()
    let release = Gate<Void>()
    var router = Echo.router
    let hold = Method(service: "test.Echo", name: "Hold", kind: .unary)
    router.unary(hold) { (request: Blob, _: CallContext) async throws -> Blob in
      started.open()
      try await release.wait()
      return request
    }
    try await withServer(router) { harness in
      let channel = harness.channel()
      let call = Task { () async throws -> Blob in try await channel.unary(hold, Blob("in flight")) }
      try await started.wait()
      let drain = Task { await harness.server.drain(grace: .seconds(30)) }
      // From some moment on, new calls find nobody.
      let late = await status {
        while true { let _: Blob = try await channel.unary(Echo.unary, Blob("late"), CallOptions(waitForReady: false)) }
      }
      #expect(late?.code == .unavailable)
      release.open()
      #expect(try await call.value.text == "in flight")
      await drain.value
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func graceEnds() async throws {
    let cancelled = Gate<Void>()
    let started = Gate<Void>()
    var router = Router()
    router.unary(Echo.unary) { (request: Blob, _: CallContext) async throws -> Blob in
      started.open()
      do { try await Reactor.sleep(for: .seconds(3_600)) } catch { cancelled.open() }
      return request
    }
    try await withServer(router) { harness in
      let channel = harness.channel()
      let call = Task { await status { let _: Blob = try await channel.unary(Echo.unary, Blob("x")) } }
      try await started.wait()
      await harness.server.drain(grace: .milliseconds(50))
      try await cancelled.wait()
      #expect(await call.value?.code == .unavailable)
    }
  }

  /// The channel outlives its server: it connects again, and calls that wait get through.
  @Test(.timeLimit(.minutes(1)))
  func reconnects() async throws {
    let group = try ReactorGroup(count: 1, name: "test")
    try await group.reactors[0].spawn {
      let first = try await Self.server(group, port: 0)
      let channel = Channel(target: "localhost:\(first.port)", tls: nil, reactors: group)
      let _: Blob = try await channel.unary(Echo.unary, Blob("1"))
      await first.server.drain(grace: .seconds(1))
      let waiting = Task { () async throws -> Blob in try await channel.unary(Echo.unary, Blob("2")) }
      let refused = await status {
        let _: Blob = try await channel.unary(Echo.unary, Blob("x"), CallOptions(waitForReady: false))
      }
      #expect(refused?.code == .unavailable)
      let second = try await Self.server(group, port: first.port)
      #expect(try await waiting.value.text == "2")
      await channel.close()
      await second.server.drain(grace: .zero)
    }.value
    await group.shutdown()
  }

  @Test(.timeLimit(.minutes(1)))
  func aTakenPortIsAnError() async throws {
    try await withServer { harness in
      let error = await #expect(throws: SystemError.self) { _ = try await Self.server(harness.reactors, port: harness.address.port) }
      #expect(error?.errno == EADDRINUSE)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func roundRobinUsesAllAndPickFirstOne() async throws {
    let group = try ReactorGroup(count: 1, name: "test")
    try await group.reactors[0].spawn {
      let servers = [try await Self.server(group, port: 0), try await Self.server(group, port: 0)]
      let target = servers.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
      var configuration = ChannelConfiguration()
      configuration.balancing = .roundRobin
      let robin = Channel(target: target, tls: nil, configuration: configuration, reactors: group)
      let first = Channel(target: target, tls: nil, reactors: group)
      func ports(_ channel: Channel) async throws -> Set<String> {
        var seen: Set<String> = []
        for _ in 0..<100 { seen.insert((try await channel.unary(Self.port, Blob("")) as Blob).text) }
        return seen
      }
      let all = Set(servers.map { "\($0.port)" })
      #expect(try await ports(robin) == all)
      #expect(try await ports(first) == ["\(servers[0].port)"])
      // With the first gone, both use the second.
      await servers[0].server.drain(grace: .zero)
      #expect(try await ports(first) == ["\(servers[1].port)"])
      #expect(try await ports(robin) == ["\(servers[1].port)"])
      await robin.close()
      await first.close()
      await servers[1].server.drain(grace: .zero)
    }.value
    await group.shutdown()
  }

  @Test(.timeLimit(.minutes(1)))
  func retriesUnavailable() async throws {
    let attempts = Counter()
    var router = Router()
    router.unary(Echo.unary) { (request: Blob, _: CallContext) async throws -> Blob in
      attempts.add(1)
      if attempts.value < 3 { throw RPCError(.unavailable, "not yet") }
      return request
    }
    try await withServer(router) { harness in
      let retry = RetryPolicy(initialBackoff: .milliseconds(1))
      let answer: Blob = try await harness.channel().unary(Echo.unary, Blob("x"), CallOptions(retry: retry))
      #expect(answer.text == "x")
      #expect(attempts.value == 3)
    }
  }

  /// Streams beyond the server's limit wait in the client and all get through.
  @Test(.timeLimit(.minutes(1)))
  func streamLimit() async throws {
    try await withServer(limits: { $0.maxConcurrentStreams = 3 }) { harness in
      let channel = harness.channel()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<200 {
          group.addTask {
            let answer: Blob = try await channel.unary(Echo.unary, Blob("\(index)"))
            #expect(answer.text == "\(index)")
          }
        }
        try await group.waitForAll()
      }
    }
  }

  private static let port = Method(service: "test.Echo", name: "Port", kind: .unary)

  private static func server(_ group: ReactorGroup, port wanted: UInt16) async throws -> (server: Server, port: UInt16) {
    var router = Echo.router
    let port = LateValue<UInt16>()
    router.unary(Self.port) { (_: Blob, _: CallContext) async throws -> Blob in Blob("\(port.value ?? 0)") }
    let access = AccessPolicy(Dictionary(uniqueKeysWithValues: router.methods.map { ($0, .anyone) }))
    let server = try Server(
      configuration: ServerConfiguration(port: wanted), reactors: group, router: router, access: access, logger: .silent)
    port.value = try await server.start()[0].port
    return (server, port.value ?? 0)
  }
}
