import Logging
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

  /// Every refused connection is told, several in one line.
  @Test(.timeLimit(.minutes(1)))
  func refusedConnectionsAreTold() async throws {
    let (lines, log) = RecordingLog.make()
    try await withServer(reactors: 1, limits: { $0.maxConnections = 1 }, logger: log) { harness in
      let held = try RawSocket(harness.address)
      held.send(Frames.hello + Frames.open(1, path: "/test.Echo/No"))
      _ = try await OffloadPool.run { held.readAnswers(atLeast: 1) }
      for _ in 0..<5 {
        let socket = try RawSocket(harness.address)
        _ = try await OffloadPool.run { socket.readToEnd() }
      }
      var told = 0
      for await line in lines where line.message.description.hasPrefix("connections refused") {
        told += Int(line.metadata?["count"].map { "\($0)" } ?? "") ?? 0
        if told >= 5 { break }
      }
      #expect(told == 5)
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
