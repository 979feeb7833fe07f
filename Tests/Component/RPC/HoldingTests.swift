import Reactor
import Testing

@testable import RPC

/// Memory and work that one peer can cause.
@Suite struct HoldingTests {
  /// Messages that are not complete, spread over many calls: each alone is small enough.
  @Test(.timeLimit(.minutes(1)))
  func unfinishedMessagesOfOneConnection() async throws {
    try await withServer(reactors: 1, limits: { $0.connectionUnreadBytes = 1 << 20 }) { harness in
      let socket = try RawSocket(harness.address)
      socket.send(Frames.hello)
      for index in 0..<40 { socket.send(Frames.open(2 * index + 1, path: "/test.Echo/Collect") + Frames.startOfMessage(2 * index + 1)) }
      // Every call past the limit is answered at once; those below it go on.
      let answered = try await OffloadPool.run { socket.readAnswers(atLeast: 5) }
      #expect(answered.count >= 5)
      // The honest ones on other connections notice nothing.
      let sum: Blob = try await harness.channel().clientStreaming(Echo.collect) { try await $0.send(Blob(count: 900_000)) }
      #expect(sum.text == "1 900000")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func unreadMessagesOfAllConnections() async throws {
    let release = Gate<Void>()
    var router = Router()
    router.clientStreaming(Echo.collect) { (requests: InboundMessages<Blob>, _: CallContext) async throws -> Blob in
      try await release.wait()
      var size = 0
      for try await request in requests { size += request.bytes.count }
      return Blob("\(size)")
    }
    try await withServer(router, reactors: 1, limits: { $0.reactorUnreadBytes = 500_000 }) { harness in
      let calls = try await withThrowingTaskGroup(of: StatusCode?.self) { group in
        for _ in 0..<4 {
          group.addTask {
            await status {
              let _: Blob = try await harness.channel().clientStreaming(Echo.collect, CallOptions(timeout: .seconds(5))) { requests in
                for _ in 0..<20 { try await requests.send(Blob(count: 10_000)) }
              }
            }?.code
          }
        }
        var codes: [StatusCode?] = []
        for try await code in group {
          codes.append(code)
          if codes.count == 2 { release.open() }
        }
        return codes
      }
      #expect(calls.filter { $0 == .resourceExhausted }.count == 2)
    }
  }

  /// Answers that a client does not read: each call's are within its window, together they are too many. What is read makes room again.
  @Test(.timeLimit(.minutes(1)))
  func unreadAnswersOfOneConnection() async throws {
    let (refusals, refused) = AsyncStream.makeStream(of: Void.self)
    var router = Router()
    router.serverStreaming(Echo.spread) { (_: Blob, responses: OutboundMessages<Blob>, _: CallContext) async throws in
      do {
        // More than windows and queues hold.
        for _ in 0..<60 { try await responses.send(Blob(count: 10_000)) }
      } catch {
        refused.yield()
        throw error
      }
    }
    try await withServer(router, reactors: 1) { harness in
      let channel = harness.channel { $0.connectionUnreadBytes = 600_000 }
      var iterator = refusals.makeAsyncIterator()
      for _ in 0..<3 {
        let release = Gates(4)
        let calls = (0..<4).map { number in
          Reactor.current!.spawn {
            await status {
              var isFirst = true
              try await channel.serverStreaming(Echo.spread, Blob("")) { (_: Blob) in
                if isFirst { try await release.wait(number) }
                isFirst = false
              }
            }?.code
          }
        }
        for _ in 0..<2 { await iterator.next() }
        release.open()
        var codes: [StatusCode?] = []
        for call in calls { codes.append(try await call.value) }
        #expect(codes.filter { $0 == .resourceExhausted }.count == 2 && codes.filter { $0 == nil }.count == 2, "\(codes)")
      }
    }
  }

  /// Who doesn't take its answers gets no further calls, until it does.
  @Test(.timeLimit(.minutes(1)))
  func answersThatAreNotTaken() async throws {
    try await withServer(reactors: 1, limits: { $0.connectionOutboundBytes = 100_000 }) { harness in
      let channel = harness.channel { $0.streamWindowBytes = 65_535 }
      for _ in 0..<2 {
        var refusal: RPCError?
        var count = 0
        try await channel.serverStreaming(Echo.spread, Blob("20x50000")) { (_: Blob) in
          if count == 0 { refusal = await status { let _: Blob = try await channel.unary(Echo.unary, Blob("x")) } }
          count += 1
        }
        #expect(refusal?.code == .unavailable && count == 20)
        let answer: Blob = try await channel.unary(Echo.unary, Blob("x"))
        #expect(answer.text == "x")
        // What a call leaves behind that its caller cancels is not counted any more.
        _ = await status {
          try await channel.serverStreaming(Echo.spread, Blob("20x50000")) { (_: Blob) in throw RPCError(.aborted, "enough") }
        }
      }
    }
  }

  /// What has been read makes room again, however much goes through.
  @Test(.timeLimit(.minutes(1)))
  func readingMakesRoom() async throws {
    let limits: (inout Limits) -> Void = {
      $0.connectionUnreadBytes = 3 << 20
      $0.reactorUnreadBytes = 3 << 20
    }
    try await withServer(reactors: 1, limits: limits) { harness in
      let channel = harness.channel()
      for _ in 0..<20 {
        let sum: Blob = try await channel.clientStreaming(Echo.collect) { requests in
          for size in [0, 900_000, 1, 700_000] { try await requests.send(Blob(count: size)) }
        }
        #expect(sum.text == "4 1600001")
        // Half a message, then nothing: what it took is given back with the call.
        try await Self.leaveHalfAMessage(harness)
      }
    }
  }

  /// A caller who changes its mind often is no attacker.
  @Test(.timeLimit(.minutes(1)))
  func honestCancellations() async throws {
    let addresses = Seen()
    var router = Echo.withoutChat
    router.bidirectional(Echo.chat) {
      (_: InboundMessages<Blob>, responses: OutboundMessages<Blob>, call: CallContext) async throws in
      addresses.add(call.peer.address)
      try await responses.send(Blob("here"))
      try await Reactor.sleep(for: .seconds(3_600))
    }
    try await withServer(router, reactors: 1) { harness in
      let channel = harness.channel()
      for _ in 0..<3_000 {
        try await channel.bidirectional(Echo.chat) { (_: OutboundMessages<Blob>, responses: InboundMessages<Blob>) in
          _ = try await responses.next()
        }
      }
      let answer: Blob = try await channel.unary(Echo.unary, Blob("still here"))
      #expect(answer.text == "still here")
    }
    #expect(addresses.count == 1, "one connection for all")
  }

  /// The burst that a server allows by default, and one more; none more each second, so that this is so on a slow machine, too.
  @Test(.timeLimit(.minutes(1)))
  func resetFlood() async throws {
    try await withServer(reactors: 1, limits: { $0.resetsPerSecond = 0 }) { harness in
      let socket = try RawSocket(harness.address)
      socket.send(Frames.hello)
      let burst = Limits().resetBurst
      let (allowed, refused) = (2 * burst + 1, 2 * burst + 3)
      let answered = try await OffloadPool.run {
        for index in 0..<burst { socket.send(Frames.open(2 * index + 1, path: "/test.Echo/Collect") + Frames.reset(2 * index + 1)) }
        socket.send(Frames.open(allowed, path: "/test.Echo/No"))
        return socket.readAnswers(atLeast: 1)
      }
      #expect(answered == [allowed], "after the whole burst a call is answered")
      socket.send(Frames.reset(allowed) + Frames.open(refused, path: "/test.Echo/Collect") + Frames.reset(refused))
      // INTERNAL_ERROR is what nghttp2 says then; the connection ends, or there would be no end to read to.
      #expect(RawSocket.farewells(try await OffloadPool.run { socket.readToEnd() }) == [2])
    }
  }

  /// Handlers that don't heed their cancellation are not multiplied by calling and cancelling.
  @Test(.timeLimit(.minutes(1)))
  func handlersOfCancelledCallsCount() async throws {
    let started = Counter()
    let release = Gate<Void>()
    var router = Echo.withoutChat
    router.bidirectional(Echo.chat) {
      (_: InboundMessages<Blob>, responses: OutboundMessages<Blob>, _: CallContext) async throws in
      started.add(1)
      try await responses.send(Blob("here"))
      // Deaf to cancellation.
      await Task { _ = try? await release.wait() }.value
    }
    try await withServer(router, reactors: 1, limits: { $0.maxConcurrentStreams = 3 }) { harness in
      let channel = harness.channel()
      var refusals = 0
      for _ in 0..<6 {
        let error = await status {
          try await channel.bidirectional(Echo.chat) { (_: OutboundMessages<Blob>, responses: InboundMessages<Blob>) in
            _ = try await responses.next()
          }
        }
        if error?.code == .unavailable { refusals += 1 }
      }
      #expect(started.value == 3)
      #expect(refusals == 3)
      for _ in 0..<3 { release.open() }
      // Refused until a handler has ended, then answered.
      var answer: Blob?
      while answer == nil {
        do {
          answer = try await channel.unary(Echo.unary, Blob("x"))
        } catch let error as RPCError where error.code == .unavailable {}
      }
      #expect(answer?.text == "x")
    }
  }

  /// A call on a connection of its own whose caller sends half a message and cancels.
  private static func leaveHalfAMessage(_ harness: Harness) async throws {
    let socket = try RawSocket(harness.address)
    socket.send(Frames.hello + Frames.open(1, path: "/test.Echo/Collect") + Frames.startOfMessage(1) + Frames.reset(1))
    socket.send(Frames.open(3, path: "/test.Echo/No"))
    _ = try await OffloadPool.run { socket.readAnswers(atLeast: 1) }
  }
}
