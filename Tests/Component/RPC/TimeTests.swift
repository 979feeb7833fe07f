import Reactor
import Synchronization
import Testing

@testable import RPC

/// Deadlines, cancellation, back-pressure.
@Suite struct TimeTests {
  /// A handler that waits until it is cancelled, and says so.
  private static func sleeper(
    _ cancelled: Gate<MonotonicTime?>, _ started: Gate<Void> = Gate(), counting starts: Counter = Counter()
  ) -> Router {
    var router = Router()
    router.unary(Echo.unary) { (request: Blob, call: CallContext) async throws -> Blob in
      starts.add(1)
      started.open()
      do { try await Reactor.sleep(for: .seconds(3_600)) } catch { cancelled.open(call.deadline) }
      throw CancellationError()
    }
    return router
  }

  @Test(.timeLimit(.minutes(1)))
  func deadlineEndsTheCallAndTheHandler() async throws {
    let cancelled = Gate<MonotonicTime?>()
    let starts = Counter()
    try await withServer(Self.sleeper(cancelled, counting: starts)) { harness in
      let channel = harness.channel()
      // On a busy machine a short deadline may pass before the handler begins: then a longer one.
      for milliseconds in [100, 1_000, 10_000] where starts.value == 0 {
        let error = await status {
          let _: Blob = try await channel.unary(Echo.unary, Blob("x"), CallOptions(timeout: .milliseconds(milliseconds)))
        }
        #expect(error?.code == .deadlineExceeded)
      }
      let deadline = try await cancelled.wait()
      #expect(deadline != nil)
    }
  }

  /// The server keeps time itself: a client that forgot its own time-out is told.
  @Test(.timeLimit(.minutes(1)))
  func serverEnforcesTheDeadline() async throws {
    let cancelled = Gate<MonotonicTime?>()
    let starts = Counter()
    try await withServer(Self.sleeper(cancelled, counting: starts)) { harness in
      let channel = harness.channel()
      for timeout in ["50m", "1S", "10S"] where starts.value == 0 {
        var options = CallOptions(timeout: nil)
        options.metadata.appendProtocol("grpc-timeout", timeout)
        let error = await status { let _: Blob = try await channel.unary(Echo.unary, Blob("x"), options) }
        #expect(error == RPCError(.deadlineExceeded, "The call's time is over."))
      }
      let deadline = try await cancelled.wait()
      #expect(deadline != nil)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func cancellationReachesTheHandler() async throws {
    let cancelled = Gate<MonotonicTime?>()
    let started = Gate<Void>()
    try await withServer(Self.sleeper(cancelled, started)) { harness in
      let channel = harness.channel()
      let call = Task { let _: Blob = try await channel.unary(Echo.unary, Blob("x"), CallOptions(timeout: nil)) }
      try await started.wait()
      call.cancel()
      #expect(try await cancelled.wait() == nil)
      await #expect(throws: CancellationError.self) { try await call.value }
    }
  }

  /// A connection that breaks ends its calls on both sides.
  @Test(.timeLimit(.minutes(1)))
  func closingTheChannelEndsItsCalls() async throws {
    let cancelled = Gate<MonotonicTime?>()
    let started = Gate<Void>()
    try await withServer(Self.sleeper(cancelled, started)) { harness in
      let channel = harness.channel()
      let call = Task { await status { let _: Blob = try await channel.unary(Echo.unary, Blob("x")) } }
      try await started.wait()
      await channel.close()
      let deadline = try await cancelled.wait()
      #expect(deadline != nil)
      #expect(await call.value?.code == .unavailable)
      let later = await status { let _: Blob = try await channel.unary(Echo.unary, Blob("x")) }
      #expect(later?.code == .unavailable)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func cancellationOfStreams() async throws {
    let ended = Gate<Void>()
    var router = Router()
    router.bidirectional(Echo.chat) {
      (requests: InboundMessages<Blob>, responses: OutboundMessages<Blob>, _: CallContext) async throws in
      try await responses.send(Blob("ready"))
      let error = await status { while try await requests.next() != nil {} }
      if error != nil { ended.open() }
    }
    try await withServer(router) { harness in
      let channel = harness.channel()
      let ready = Gate<Void>()
      let call = Task {
        try await channel.bidirectional(Echo.chat) { (_: OutboundMessages<Blob>, responses: InboundMessages<Blob>) in
          _ = try await responses.next()
          ready.open()
          _ = try await responses.next()
        }
      }
      try await ready.wait()
      call.cancel()
      try await ended.wait()
      await #expect(throws: CancellationError.self) { try await call.value }
    }
  }

  /// Who has what he wanted doesn't wait for a server that goes on talking, nor for one that says nothing.
  @Test(.timeLimit(.minutes(1)), arguments: [true, false])
  func leavingAConversation(talks: Bool) async throws {
    let ended = Gate<Void>()
    var router = Echo.withoutChat
    router.bidirectional(Echo.chat) {
      (_: InboundMessages<Blob>, responses: OutboundMessages<Blob>, _: CallContext) async throws in
      do {
        try await responses.send(Blob("first"))
        while talks { try await responses.send(Blob(count: 10_000)) }
        try await Reactor.sleep(for: .seconds(3_600))
      } catch { ended.open() }
    }
    try await withServer(router) { harness in
      let first = try await harness.channel().bidirectional(Echo.chat, CallOptions(timeout: nil)) {
        (_: OutboundMessages<Blob>, responses: InboundMessages<Blob>) in try await responses.next()?.text
      }
      #expect(first == "first")
      try await ended.wait()
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func noTimeLeft() async throws {
    try await withServer { harness in
      let error = await status {
        let _: Blob = try await harness.channel().unary(Echo.unary, Blob("x"), CallOptions(timeout: .zero))
      }
      #expect(error?.code == .deadlineExceeded)
    }
  }

  /// A reader that doesn't read stops the sender: what is in flight stays below windows and queues.
  @Test(.timeLimit(.minutes(1)), arguments: [1_000, 400_000])
  func backPressure(size: Int) async throws {
    let sent = Counter()
    var router = Router()
    router.serverStreaming(Echo.spread) { (_: Blob, responses: OutboundMessages<Blob>, _: CallContext) async throws in
      for _ in 0..<(40_000_000 / size) {
        try await responses.send(Blob(count: size))
        sent.add(size)
      }
    }
    try await withServer(router) { harness in
      let channel = harness.channel()
      var received = 0
      try await channel.serverStreaming(Echo.spread, Blob("")) { (message: Blob) in
        received += message.bytes.count
        if received == size {
          // Let everything that may move do so: other calls on the same connection still go through.
          for _ in 0..<200 { let _: Blob? = try? await channel.unary(Echo.unary, Blob("x")) }
          #expect(sent.value < 2_000_000 + 2 * size)
        }
      }
      #expect(received == 40_000_000 / size * size)
    }
  }
}

final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  func add(_ step: Int) { count.add(step, ordering: .relaxed) }
  var value: Int { count.load(ordering: .relaxed) }
}
