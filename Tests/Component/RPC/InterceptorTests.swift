import Reactor
import Synchronization
import Testing

@testable import RPC

/// Interceptors see every call begin and end, and may refuse it.
@Suite struct InterceptorTests {
  private final class Recorder: ServerInterceptor {
    let ends = Mutex<[String]>([])
    let begins = Mutex<[String]>([])
    let refused: String?

    init(refusing refused: String? = nil) { self.refused = refused }

    func begin(_ call: CallContext) throws(RPCError) {
      begins.withLock { $0.append(call.method.name) }
      if call.method.name == refused { throw RPCError(.resourceExhausted, "slow down") }
    }

    func end(_ call: CallContext, status: StatusCode, elapsed: Duration) {
      ends.withLock { $0.append("\(call.method.name) \(status)") }
    }

    func refused(_ call: CallContext, status: StatusCode) {
      ends.withLock { $0.append("refused \(call.method.name) \(status)") }
    }

    var seen: [String] { ends.withLock { $0 } }
  }

  @Test(.timeLimit(.minutes(1)))
  func everyEndIsSeenOnce() async throws {
    let recorder = Recorder(refusing: "Collect")
    try await withServer(reactors: 1, interceptors: [recorder]) { harness in
      let channel = harness.channel()
      let _: Blob = try await channel.unary(Echo.unary, Blob("x"))
      let refused = await status {
        let _: Blob = try await channel.clientStreaming(Echo.collect) { try await $0.send(Blob("x")) }
      }
      #expect(refused == RPCError(.resourceExhausted, "slow down"))
      try await channel.serverStreaming(Echo.spread, Blob("2x2")) { (_: Blob) in }
      _ = await status { let _: Blob = try await channel.unary(Echo.unary, Blob([0xff])) }
      _ = await status { let _: Blob = try await channel.unary(Method(service: "no", name: "such", kind: .unary), Blob("")) }
    }
    #expect(recorder.seen == ["Unary OK", "Collect RESOURCE_EXHAUSTED", "Spread OK", "Unary INTERNAL", "refused unknown UNIMPLEMENTED"])
    #expect(recorder.begins.withLock { $0 } == ["Unary", "Collect", "Spread", "Unary"])
  }

  /// Who counts calls under way goes up and down once each, whoever refuses: every `end` has its `begin`.
  @Test(.timeLimit(.minutes(1)))
  func noEndWithoutBegin() async throws {
    let (first, second) = (Recorder(refusing: "Unary"), Recorder())
    try await withServer(reactors: 1, interceptors: [first, second]) { harness in
      _ = await status { let _: Blob = try await harness.channel().unary(Echo.unary, Blob("x")) }
    }
    #expect(first.seen == ["Unary RESOURCE_EXHAUSTED"])
    #expect(second.seen == ["refused Unary RESOURCE_EXHAUSTED"])
    let stranger = Recorder()
    try await withServer(rule: .services(["dispatch"]), reactors: 1, interceptors: [stranger], trustPlaintext: false) { harness in
      _ = await status { let _: Blob = try await harness.channel().unary(Echo.unary, Blob("x")) }
    }
    #expect(stranger.seen == ["refused Unary UNAUTHENTICATED"])
  }

  /// A handler's Task ends before the drain does, so that what it uses may be closed afterwards.
  @Test(.timeLimit(.minutes(1)))
  func drainWaitsForHandlers() async throws {
    let started = Gate<Void>()
    let ended = Counter()
    var router = Router()
    router.unary(Echo.unary) { (request: Blob, _: CallContext) async throws -> Blob in
      started.open()
      do { try await Reactor.sleep(for: .seconds(3_600)) } catch {}
      // Cleaning up goes on although the task is cancelled.
      for _ in 0..<50 { await Task.yield() }
      ended.add(1)
      return request
    }
    try await withServer(router) { harness in
      let channel = harness.channel()
      let call = Task { await status { let _: Blob = try await channel.unary(Echo.unary, Blob("x")) } }
      try await started.wait()
      await harness.server.drain(grace: .zero)
      #expect(ended.value == 1)
      #expect(await call.value?.code == .unavailable)
    }
  }

  /// An idle connection answers PING and lives on.
  @Test(.timeLimit(.minutes(1)))
  func keepaliveKeepsALivingPeer() async throws {
    let limits: (inout Limits) -> Void = {
      $0.keepaliveInterval = .milliseconds(20)
      $0.keepaliveTimeout = .seconds(5)
    }
    let addresses = Seen()
    var router = Router()
    router.unary(Echo.unary) { (request: Blob, call: CallContext) async throws -> Blob in
      addresses.add(call.peer.address)
      return request
    }
    try await withServer(router, reactors: 1, limits: limits) { harness in
      let channel = harness.channel()
      let _: Blob = try await channel.unary(Echo.unary, Blob("x"))
      // Idle time is what is tested: some ten PINGs.
      try await Reactor.sleep(for: .milliseconds(300))
      let _: Blob = try await channel.unary(Echo.unary, Blob("y"))
    }
    #expect(addresses.count == 1)
  }
}

final class Seen: Sendable {
  private let names = Mutex<Set<String>>([])
  func add(_ name: String) { names.withLock { _ = $0.insert(name) } }
  var count: Int { names.withLock { $0.count } }
}
