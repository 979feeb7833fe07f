import Glibc
import Reactor
import Testing

@testable import RPC

/// What a server doesn't let its peers do.
@Suite struct LimitTests {
  @Test(.timeLimit(.minutes(1)))
  func messageSize() async throws {
    try await withServer(limits: { $0.maxMessageBytes = 10_000 }) { harness in
      let channel = harness.channel()
      let answer: Blob = try await channel.unary(Echo.unary, Blob(count: 10_000))
      #expect(answer.bytes.count == 10_000)
      let error = await status { let _: Blob = try await channel.unary(Echo.unary, Blob(count: 10_001)) }
      #expect(error?.code == .resourceExhausted)
      let narrow = harness.channel { $0.maxMessageBytes = 500 }
      let large = await status { let _: Blob = try await narrow.unary(Echo.unary, Blob(count: 501)) }
      #expect(large?.code == .resourceExhausted)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func headerSize() async throws {
    try await withServer { harness in
      let channel = harness.channel()
      var options = CallOptions()
      options.metadata.append("k", String(repeating: "v", count: 15_000))
      let answer: Blob = try await channel.unary(Echo.unary, Blob("x"), options)
      #expect(answer.text == "x")
      options.metadata.append("k", String(repeating: "v", count: 2_000))
      let error = await status { let _: Blob = try await channel.unary(Echo.unary, Blob("x"), options) }
      #expect(error?.code == .resourceExhausted)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func connections() async throws {
    try await withServer(limits: { $0.maxConnections = 3 }) { harness in
      var channels: [Channel] = []
      for _ in 0..<3 {
        let channel = harness.channel()
        let _: Blob = try await channel.unary(Echo.unary, Blob("x"))
        channels.append(channel)
      }
      let error = await status {
        let _: Blob = try await harness.channel().unary(Echo.unary, Blob("x"), CallOptions(waitForReady: false))
      }
      #expect(error?.code == .unavailable)
      // A place that becomes free can be taken.
      await channels[0].close()
      let answer: Blob = try await harness.channel().unary(Echo.unary, Blob("y"))
      #expect(answer.text == "y")
    }
  }

  /// Who connects and says nothing is put out; so is who speaks HTTP/1.
  @Test(.timeLimit(.minutes(1)), arguments: ["", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"])
  func handshakeTimeout(bytes: String) async throws {
    try await withServer(limits: { $0.handshakeTimeout = .milliseconds(200) }) { harness in
      let socket = try RawSocket(harness.address)
      socket.send(Array(bytes.utf8))
      _ = try await OffloadPool.run { socket.readToEnd() }
    }
  }

  /// A connected peer that doesn't answer PING is closed, and its calls are cancelled.
  @Test(.timeLimit(.minutes(1)))
  func silentPeer() async throws {
    let limits: (inout Limits) -> Void = {
      $0.keepaliveInterval = .milliseconds(100)
      $0.keepaliveTimeout = .milliseconds(100)
    }
    try await withServer(limits: limits) { harness in
      let socket = try RawSocket(harness.address)
      socket.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0])
      let received = try await OffloadPool.run { socket.readToEnd() }
      // Among what it said before it closed: SETTINGS, the answer to ours, a PING.
      #expect(RawSocket.frameTypes(received).contains(6))
    }
  }

  /// Reset flood (CVE-2023-44487): the connection ends.
  @Test(.timeLimit(.minutes(1)))
  func rapidReset() async throws {
    let limits: (inout Limits) -> Void = {
      $0.resetBurst = 50
      $0.resetsPerSecond = 1
    }
    try await withServer(limits: limits) { harness in
      let socket = try RawSocket(harness.address)
      socket.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0])
      for index in 0..<200 {
        let id = UInt8(truncatingIfNeeded: (2 * index + 1) >> 8)
        let low = UInt8(truncatingIfNeeded: 2 * index + 1)
        // HEADERS with :method POST, :scheme http, :path / from the static table; RST_STREAM(CANCEL).
        socket.send([0, 0, 3, 1, 4, 0, 0, id, low, 0x83, 0x86, 0x84])
        socket.send([0, 0, 4, 3, 0, 0, 0, id, low, 0, 0, 0, 8])
      }
      let received = try await OffloadPool.run { socket.readToEnd() }
      #expect(RawSocket.frameTypes(received).contains(7), "GOAWAY")
    }
  }
}

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

  /// Beyond the burst that a server allows by default; few more each second, so that a slow machine's flood is one, too.
  @Test(.timeLimit(.minutes(1)))
  func resetFlood() async throws {
    try await withServer(reactors: 1, limits: { $0.resetsPerSecond = 10 }) { harness in
      let socket = try RawSocket(harness.address)
      socket.send(Frames.hello)
      let reading = Reactor.current!.spawn { try await OffloadPool.run { socket.isClosedByPeer() } }
      try await OffloadPool.run {
        for index in 0..<30_000 { socket.send(Frames.open(2 * index + 1, path: "/test.Echo/Collect") + Frames.reset(2 * index + 1)) }
      }
      #expect(try await reading.value)
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

/// HTTP/2 frames of a client that is written by hand.
enum Frames {
  /// Preface and empty SETTINGS.
  static let hello = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(4, 0, 0, [])

  static func frame(_ type: UInt8, _ flags: UInt8, _ id: Int, _ payload: [UInt8]) -> [UInt8] {
    let count = payload.count
    let head = [UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255), type, flags]
    return head + (0..<4).map { UInt8(id >> (24 - 8 * $0) & 255) } + payload
  }

  /// HEADERS without END_STREAM: :method POST and :scheme http from the static table, :authority, :path and content-type in full.
  static func open(_ id: Int, path: String) -> [UInt8] {
    let type = "application/grpc"
    let start: [UInt8] = [0x83, 0x86, 0x01, 1, 0x61, 0x04, UInt8(path.utf8.count)]
    let fields = start + path.utf8 + [0x0f, 0x10, UInt8(type.utf8.count)] + type.utf8
    return frame(1, 4, id, fields)
  }

  /// The beginning of a message that says that it has a million bytes: 60,000 of them.
  static func startOfMessage(_ id: Int) -> [UInt8] {
    let bytes: [UInt8] = [0, 0, 0x0f, 0x42, 0x40] + [UInt8](repeating: 1, count: 59_995)
    return stride(from: 0, to: bytes.count, by: 15_000).flatMap { frame(0, 0, id, Array(bytes[$0..<min(bytes.count, $0 + 15_000)])) }
  }

  /// RST_STREAM(CANCEL).
  static func reset(_ id: Int) -> [UInt8] { frame(3, 0, id, [0, 0, 0, 8]) }
}

/// A blocking TCP connection for peers that misbehave. Reads run on helper threads.
final class RawSocket: Sendable {
  private let descriptor: Int32

  init(_ address: SocketAddress) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let result = address.withSockaddr { connect(descriptor, $0, $1) }
    guard result == 0 else { throw SystemError("connect") }
  }

  deinit { close(descriptor) }

  func send(_ bytes: [UInt8]) { _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

  func readToEnd() -> [UInt8] {
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      guard count > 0 else { return all }
      all += chunk[..<count]
    }
  }

  /// Whether the peer closes the connection, at most 30 s after its last word. Its GOAWAY need not arrive: what it has not read of ours
  /// turns its end into a reset, which overtakes it.
  func isClosedByPeer() -> Bool {
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count <= 0 { return count == 0 || errno != EAGAIN }
    }
  }

  /// Reads until so many streams have ended (END_STREAM on HEADERS), and says which.
  func readAnswers(atLeast count: Int) -> Set<Int> {
    var bytes: [UInt8] = []
    var ended: Set<Int> = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while ended.count < count {
      let received = recv(descriptor, &chunk, chunk.count, 0)
      guard received > 0 else { return ended }
      bytes += chunk[..<received]
      while bytes.count >= 9 {
        let size = 9 + Int(bytes[0]) << 16 + Int(bytes[1]) << 8 + Int(bytes[2])
        guard bytes.count >= size else { break }
        if bytes[3] == 1, bytes[4] & 1 == 1 { ended.insert(bytes[5..<9].reduce(0) { $0 << 8 | Int($1) }) }
        bytes.removeFirst(size)
      }
    }
    return ended
  }

  /// The types of the complete HTTP/2 frames in the bytes.
  static func frameTypes(_ bytes: [UInt8]) -> [UInt8] {
    var types: [UInt8] = []
    var place = 0
    while place + 9 <= bytes.count {
      types.append(bytes[place + 3])
      place += 9 + Int(bytes[place]) << 16 + Int(bytes[place + 1]) << 8 + Int(bytes[place + 2])
    }
    return types
  }
}
