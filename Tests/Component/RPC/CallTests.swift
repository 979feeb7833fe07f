import Reactor
import Testing

@testable import RPC

/// Own client against own server in plain text: the four kinds, statuses, metadata.
@Suite struct CallTests {
  @Test(.timeLimit(.minutes(1)), arguments: [0, 1, 100, 16_384, 262_144, 3_000_000])
  func unary(size: Int) async throws {
    try await withServer { harness in
      let answer: Blob = try await harness.channel().unary(Echo.unary, Blob(count: size))
      #expect(answer == Blob(count: size))
    }
  }

  /// From a task that runs on no reactor.
  @Test(.timeLimit(.minutes(1)))
  func fromElsewhere() async throws {
    try await withServer { harness in
      let channel = harness.channel()
      try await Task(executorPreference: globalConcurrentExecutor) {
        let answer: Blob = try await channel.unary(Echo.unary, Blob("hello"))
        #expect(answer.text == "hello")
        let sum: Blob = try await channel.clientStreaming(Echo.collect) { requests in
          for _ in 0..<300 { try await requests.send(Blob(count: 10_000)) }
        }
        #expect(sum.text == "300 3000000")
        var count = 0
        try await channel.serverStreaming(Echo.spread, Blob("200x10000")) { (_: Blob) in count += 1 }
        #expect(count == 200)
      }.value
    }
  }

  /// Larger than every window, many times.
  @Test(.timeLimit(.minutes(1)), arguments: [(0, 0), (1, 5), (3, 3_000_000), (1_000, 2_000)])
  func clientStreaming(count: Int, size: Int) async throws {
    try await withServer { harness in
      let answer: Blob = try await harness.channel().clientStreaming(Echo.collect) { requests in
        for _ in 0..<count { try await requests.send(Blob(count: size)) }
      }
      #expect(answer.text == "\(count) \(count * size)")
    }
  }

  @Test(.timeLimit(.minutes(1)), arguments: [(0, 0), (1, 5), (3, 3_000_000), (1_000, 2_000)])
  func serverStreaming(count: Int, size: Int) async throws {
    try await withServer { harness in
      var received = 0
      try await harness.channel().serverStreaming(Echo.spread, Blob("\(count)x\(size)")) { (message: Blob) in
        #expect(message == Blob(count: size))
        received += 1
      }
      #expect(received == count)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func bidirectional() async throws {
    try await withServer { harness in
      let rounds = try await harness.channel().bidirectional(Echo.chat) {
        (requests: OutboundMessages<Blob>, responses: InboundMessages<Blob>) in
        for round in 0..<100 {
          try await requests.send(Blob(count: round * 1_000))
          #expect(try await responses.next() == Blob(count: round * 1_000))
        }
        requests.finish()
        #expect(try await responses.next() == nil)
        return 100
      }
      #expect(rounds == 100)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func manyCallsAtOnce() async throws {
    try await withServer { harness in
      let channel = harness.channel()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<3_000 {
          group.addTask {
            let answer: Blob = try await channel.unary(Echo.unary, Blob("\(index)"))
            #expect(answer.text == "\(index)")
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func handlersStatusArrives() async throws {
    var router = Router()
    router.unary(Echo.unary) { (request: Blob, _: CallContext) async throws -> Blob in
      var error = RPCError(.failedPrecondition, "案件已结案 100%")
      error.metadata.append("reason", "closed")
      error.metadata.append("detail-bin", bytes: [1, 0, 255])
      throw error
    }
    try await withServer(router) { harness in
      let error = await status { let _: Blob = try await harness.channel().unary(Echo.unary, Blob("x")) }
      #expect(error?.code == .failedPrecondition)
      #expect(error?.message == "案件已结案 100%")
      #expect(error?.metadata.first(named: "reason") == "closed")
      #expect(error?.metadata.firstBytes(named: "detail-bin") == [1, 0, 255])
    }
  }

  /// A refusal may quote what the caller sent. HTTP/2's library would drop headers of that size, and the call would wait for its end.
  @Test(.timeLimit(.minutes(1)), arguments: [0, 3])
  func longStatusMessagesAreCut(messages: Int) async throws {
    var router = Router()
    router.serverStreaming(Echo.spread) { (_: Blob, responses: OutboundMessages<Blob>, _: CallContext) async throws in
      for _ in 0..<messages { try await responses.send(Blob("x")) }
      throw RPCError(.invalidArgument, String(repeating: "城", count: 100_000))
    }
    try await withServer(router) { harness in
      let error = await status { try await harness.channel().serverStreaming(Echo.spread, Blob("")) { (_: Blob) in } }
      #expect(error?.code == .invalidArgument)
      // Nine bytes a character on the way, and three dots.
      #expect(error?.message == String(repeating: "城", count: (4_096 - 3) / 9) + "...")
    }
  }

  /// After messages have been sent the status travels in trailers.
  @Test(.timeLimit(.minutes(1)))
  func statusAfterMessages() async throws {
    var router = Router()
    router.serverStreaming(Echo.spread) { (_: Blob, responses: OutboundMessages<Blob>, _: CallContext) async throws in
      for _ in 0..<3 { try await responses.send(Blob("x")) }
      throw RPCError(.aborted, "enough")
    }
    try await withServer(router) { harness in
      var count = 0
      let error = await status {
        try await harness.channel().serverStreaming(Echo.spread, Blob("")) { (_: Blob) in count += 1 }
      }
      #expect(count == 3)
      #expect(error == RPCError(.aborted, "enough"))
    }
  }

  private struct Secret: Error { let password = "hunter2" }

  @Test(.timeLimit(.minutes(1)))
  func unknownErrorsStayInside() async throws {
    var router = Router()
    router.unary(Echo.unary) { (request: Blob, _: CallContext) async throws -> Blob in throw Secret() }
    try await withServer(router) { harness in
      let error = await status { let _: Blob = try await harness.channel().unary(Echo.unary, Blob("x")) }
      #expect(error?.code == .internal)
      #expect(error?.message.contains("ncident") == true)
      #expect(error?.message.contains("hunter2") == false)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func metadataTravels() async throws {
    var router = Router()
    router.unary(Echo.unary) { (request: Blob, call: CallContext) async throws -> Blob in
      let trace = call.metadata.firstBytes(named: "trace-bin") ?? []
      return Blob("\(call.metadata.all(named: "tag")) \(trace) \(call.method) \(call.peer.identity == nil)")
    }
    try await withServer(router) { harness in
      var options = CallOptions()
      options.metadata.append("tag", "a")
      options.metadata.append("tag", "b, c")
      options.metadata.append("trace-bin", bytes: [1, 2, 200])
      let answer: Blob = try await harness.channel().unary(Echo.unary, Blob("x"), options)
      #expect(answer.text == #"["a", "b, c"] [1, 2, 200] /test.Echo/Unary true"#)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func unknownMethod() async throws {
    try await withServer { harness in
      let method = Method(service: "test.Echo", name: "Nothing", kind: .unary)
      let error = await status { let _: Blob = try await harness.channel().unary(method, Blob("x")) }
      #expect(error?.code == .unimplemented)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func bytesThatAreNoMessage() async throws {
    try await withServer { harness in
      let error = await status { let _: Blob = try await harness.channel().unary(Echo.unary, Blob([0xff])) }
      #expect(error?.code == .internal)
    }
  }

  /// A caller's kind that differs from the server's: exactly one message is expected on either side.
  @Test(.timeLimit(.minutes(1)))
  func cardinality() async throws {
    try await withServer { harness in
      let channel = harness.channel()
      let twice = Method(service: "test.Echo", name: "Unary", kind: .clientStreaming)
      let requests = await status {
        let _: Blob = try await channel.clientStreaming(twice) { requests in
          try await requests.send(Blob("a"))
          try await requests.send(Blob("b"))
        }
      }
      #expect(requests?.code == .unimplemented)
      let none = await status { let _: Blob = try await channel.clientStreaming(twice) { (_: OutboundMessages<Blob>) in } }
      #expect(none?.code == .unimplemented)
      let spread = Method(service: "test.Echo", name: "Spread", kind: .unary)
      for count in [0, 2] {
        let responses = await status { let _: Blob = try await channel.unary(spread, Blob("\(count)x5")) }
        #expect(responses?.code == .unimplemented)
      }
    }
  }

  /// The server answers before the caller has finished: the caller's producer is cancelled.
  @Test(.timeLimit(.minutes(1)))
  func earlyAnswer() async throws {
    var router = Router()
    router.clientStreaming(Echo.collect) { (requests: InboundMessages<Blob>, _: CallContext) async throws -> Blob in
      _ = try await requests.next()
      throw RPCError(.resourceExhausted, "full")
    }
    try await withServer(router) { harness in
      let error = await status {
        let _: Blob = try await harness.channel().clientStreaming(Echo.collect) { requests in
          while true { try await requests.send(Blob(count: 50_000)) }
        }
      }
      #expect(error == RPCError(.resourceExhausted, "full"))
    }
  }

  /// Refusals end streams in good order: no RST_STREAM, of which a server counts every one.
  @Test(.timeLimit(.minutes(1)))
  func manyRefusalsOnOneConnection() async throws {
    let limits: (inout Limits) -> Void = {
      $0.resetBurst = 20
      $0.resetsPerSecond = 1
    }
    try await withServer(limits: limits) { harness in
      let channel = harness.channel()
      let method = Method(service: "test.Echo", name: "Nothing", kind: .unary)
      for _ in 0..<500 {
        let error = await status { let _: Blob = try await channel.unary(method, Blob("x")) }
        #expect(error?.code == .unimplemented)
      }
    }
  }

  /// An error of the consumer that looks like the server's is not: the call isn't repeated.
  @Test(.timeLimit(.minutes(1)))
  func consumersErrorsAreNotRetried() async throws {
    try await withServer { harness in
      var count = 0
      let error = await status {
        try await harness.channel().serverStreaming(Echo.spread, Blob("3x3"), CallOptions(retry: RetryPolicy())) { (_: Blob) in
          count += 1
          throw RPCError(.unavailable, "mine")
        }
      }
      #expect(error == RPCError(.unavailable, "mine"))
      #expect(count == 1)
    }
  }

  private struct Stop: Error {}

  @Test(.timeLimit(.minutes(1)))
  func errorsOfTheCallersOwnClosures() async throws {
    try await withServer { harness in
      let channel = harness.channel()
      await #expect(throws: Stop.self) {
        let _: Blob = try await channel.clientStreaming(Echo.collect) { (_: OutboundMessages<Blob>) in throw Stop() }
      }
      await #expect(throws: Stop.self) {
        try await channel.serverStreaming(Echo.spread, Blob("100000x1000")) { (_: Blob) in throw Stop() }
      }
      await #expect(throws: Stop.self) {
        try await channel.bidirectional(Echo.chat) { (_: OutboundMessages<Blob>, _: InboundMessages<Blob>) in throw Stop() }
      }
      let answer: Blob = try await channel.unary(Echo.unary, Blob("still alive"))
      #expect(answer.text == "still alive")
    }
  }
}
