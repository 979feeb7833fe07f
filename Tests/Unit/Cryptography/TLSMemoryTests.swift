// Two engines that hand each other their bytes in memory, as the console's HTTP server does with its browsers.
import Testing

@testable import Cryptography

@Suite struct TLSMemoryTests {
  @Test func theyShakeHandsAndTheBrowserShowsNoCertificate() throws {
    let pair = try MemoryPair()
    #expect(try pair.server.handshake() == .wantRead && pair.server.takeOutput().isEmpty, "nothing to say before it is spoken to")
    try pair.handshake()
    #expect(pair.server.version == "TLSv1.3" && pair.client.version == "TLSv1.3")
    #expect(pair.server.peerCertificate == nil && pair.server.negotiatedProtocol == nil)
    #expect(pair.client.peerCertificate?.uris == ["spiffe://c/city/n/console"])
  }

  /// More than a record (16 KiB) at once, and in pieces that end anywhere.
  @Test(arguments: [1, 1_000, 16_389, 1 << 20])
  func whatIsSentArrives(piece: Int) throws {
    let pair = try MemoryPair()
    try pair.handshake()
    let sent = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let answer = Array(sent.reversed())
    #expect(try MemoryPair.transfer(sent, from: pair.client, to: pair.server, piece: piece) == sent)
    #expect(try MemoryPair.transfer(answer, from: pair.server, to: pair.client, piece: piece) == answer)
    #expect(try MemoryPair.read(pair.server) == .wantRead, "nothing is left")
  }

  @Test func theEndIsSeenOnEitherSide() throws {
    let pair = try MemoryPair()
    try pair.handshake()
    pair.client.shutdown()
    try MemoryPair.deliver(from: pair.client, to: pair.server)
    #expect(try MemoryPair.read(pair.server) == .closed)
    #expect(try MemoryPair.transfer([1, 2, 3], from: pair.server, to: pair.client, piece: 100) == [1, 2, 3], "the other half is open")
    pair.server.shutdown()
    try MemoryPair.deliver(from: pair.server, to: pair.client)
    #expect(try MemoryPair.read(pair.client) == .closed)
  }

  @Test(arguments: [Array("GET / HTTP/1.1\r\n\r\n".utf8), [22, 3, 1, 0, 4, 1, 0, 0, 0], [UInt8](repeating: 0xff, count: 1_000)])
  func whatIsNoGreetingIsRefused(bytes: [UInt8]) throws {
    let pair = try MemoryPair()
    try MemoryPair.hand(bytes, to: pair.server)
    let error = #expect(throws: TLSError.self) { try pair.server.handshake() }
    #expect(error?.kind == .protocolViolation)
  }

  @Test func whatWasChangedOnTheWayIsRefused() throws {
    let pair = try MemoryPair()
    try pair.handshake()
    try MemoryPair.write([1, 2, 3], to: pair.client)
    var bytes = pair.client.takeOutput()
    bytes[bytes.count - 1] ^= 1
    try MemoryPair.hand(bytes, to: pair.server)
    let error = #expect(throws: TLSError.self) { try MemoryPair.read(pair.server) }
    #expect(error?.kind == .protocolViolation && error?.operation == .read)
  }

  @Test func aCertificateThatIsNotThePinnedOneIsRefused() throws {
    let pair = try MemoryPair(pinned: try TLSTests.identity("console").certificatePEM)
    let error = #expect(throws: TLSError.self) { try pair.handshake() }
    #expect(error?.kind == .untrustedPeer)
  }
}

/// The console's end and a browser's.
struct MemoryPair {
  /// A handshake takes three flights; more are none.
  private static let flights = 10

  let server: TLSEngine
  let client: TLSEngine

  /// - Parameter pinned: Nil: the server's own.
  init(pinned: [UInt8]? = nil) throws {
    let issued = try TLSTests.identity("console")
    server = try TLSEngine(
      context: .webServer(certificateChain: .pem(issued.certificatePEM), privateKey: .pem(issued.privateKeyPEM)))
    client = try TLSEngine(context: .pinned(to: .pem(pinned ?? issued.certificatePEM)))
  }

  func handshake() throws {
    var done = (client: false, server: false)
    for _ in 0..<Self.flights where !(done.client && done.server) {
      done.client = try client.handshake() == .done
      try Self.deliver(from: client, to: server)
      done.server = try server.handshake() == .done
      try Self.deliver(from: server, to: client)
    }
    try #require(done.client && done.server)
  }

  static func deliver(from: TLSEngine, to: TLSEngine) throws { try hand(from.takeOutput(), to: to) }

  static func hand(_ bytes: [UInt8], to engine: TLSEngine) throws {
    try bytes.withUnsafeBytes { given in try engine.receive(given) }
  }

  static func write(_ bytes: [UInt8], to engine: TLSEngine) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let result = try rest.withUnsafeBytes { given in try engine.write(given) }
      guard case .bytes(let count) = result else { throw TLSError(.closed, operation: .write, reason: "\(result)") }
      rest = rest.dropFirst(count)
    }
  }

  @discardableResult
  static func read(_ engine: TLSEngine) throws -> TLSEngine.IOResult {
    var buffer = [UInt8](repeating: 0, count: 100)
    return try buffer.withUnsafeMutableBytes { space in try engine.read(into: space) }
  }

  /// What arrives of what is sent, when so many bytes at a time are handed over.
  static func transfer(_ bytes: [UInt8], from: TLSEngine, to: TLSEngine, piece: Int) throws -> [UInt8] {
    try write(bytes, to: from)
    var cipher = from.takeOutput()[...]
    var arrived: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 5_000)
    while !cipher.isEmpty {
      try hand(Array(cipher.prefix(piece)), to: to)
      cipher = cipher.dropFirst(piece)
      while case .bytes(let count) = try buffer.withUnsafeMutableBytes({ space in try to.read(into: space) }) {
        arrived += buffer.prefix(count)
      }
    }
    return arrived
  }
}
