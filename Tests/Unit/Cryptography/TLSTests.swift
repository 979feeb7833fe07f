// Two engines over a socket pair, in one thread: each side moves until both are content or one throws.
import Glibc
import Testing

@testable import Cryptography

@Suite struct TLSTests {
  static let authority: CertificateAuthority = {
    signal(SIGPIPE, SIG_IGN)
    guard let authority = try? CertificateAuthority.make(commonName: "test") else { fatalError("no authority") }
    return authority
  }()

  static func identity(_ service: String, by authority: CertificateAuthority = authority) throws -> IssuedCertificate {
    try authority.issue(
      CertificateRequest(
        commonName: service, uris: ["spiffe://c/city/n/\(service)"], dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"]))
  }

  static func configuration(_ issued: IssuedCertificate?, trusting: CertificateAuthority = authority) -> TLSContext.Configuration {
    .init(
      certificateChain: issued.map { .pem($0.certificatePEM) }, privateKey: issued.map { .pem($0.privateKeyPEM) },
      trustedAuthorities: .pem(trusting.certificatePEM))
  }

  static func pair(
    server: TLSContext.Configuration? = nil, client: TLSContext.Configuration? = nil, serverName: String? = nil
  ) throws -> Pair {
    try Pair(
      server: TLSContext.server(try server ?? configuration(identity("intake"))),
      client: TLSContext.client(try client ?? configuration(identity("dispatch"))), serverName: serverName)
  }

  @Test func handshakeShowsBothIdentities() throws {
    let pair = try Self.pair(serverName: "localhost")
    try pair.handshake()
    #expect(pair.client.peerCertificate?.uris == ["spiffe://c/city/n/intake"])
    #expect(pair.server.peerCertificate?.uris == ["spiffe://c/city/n/dispatch"])
    #expect(pair.client.negotiatedProtocol == "h2")
    #expect(pair.server.negotiatedProtocol == "h2")
    #expect(pair.server.version == "TLSv1.3")
  }

  @Test(arguments: [("127.0.0.1", true), ("127.0.0.2", false), ("localhost", true), ("example.org", false)])
  func serverNameIsChecked(name: String, accepted: Bool) throws {
    let pair = try Self.pair(serverName: name)
    if accepted {
      try pair.handshake()
    } else {
      let error = #expect(throws: TLSError.self) { try pair.handshake() }
      #expect(error?.kind == .untrustedPeer)
    }
  }

  @Test func clientWithoutCertificateIsRefused() throws {
    let pair = try Self.pair(client: Self.configuration(nil))
    #expect(throws: TLSError.self) {
      try pair.handshake()
      try pair.roundTrip()
    }
  }

  @Test func clientWithForeignCertificateIsRefused() throws {
    let foreign = try CertificateAuthority.make(commonName: "test")
    let pair = try Self.pair(client: Self.configuration(try Self.identity("dispatch", by: foreign)))
    let error = #expect(throws: TLSError.self) {
      try pair.handshake()
      try pair.roundTrip()
    }
    #expect(error?.kind == .untrustedPeer)
  }

  @Test func serverWithForeignCertificateIsRefused() throws {
    let foreign = try CertificateAuthority.make(commonName: "test")
    let pair = try Self.pair(client: Self.configuration(try Self.identity("dispatch"), trusting: foreign))
    let error = #expect(throws: TLSError.self) { try pair.handshake() }
    #expect(error?.kind == .untrustedPeer)
  }

  @Test func expiredCertificateIsRefused() throws {
    let old = try Self.authority.issue(CertificateRequest(commonName: "dispatch", validity: .seconds(60)), now: systemSeconds() - 120)
    let pair = try Self.pair(client: Self.configuration(old))
    let error = #expect(throws: TLSError.self) {
      try pair.handshake()
      try pair.roundTrip()
    }
    #expect(error?.reason.contains("expired") == true, "\(String(describing: error))")
  }

  @Test func whatStandsBehindTheCertificateIsSentToo() throws {
    let issued = try Self.identity("intake")
    var server = Self.configuration(issued)
    server.certificateChain = .pem(issued.certificatePEM + Self.authority.certificatePEM)
    let pair = try Self.pair(server: server)
    try pair.handshake()
    try pair.roundTrip()
    #expect(pair.client.peerCertificate?.uris == ["spiffe://c/city/n/intake"])
  }

  @Test(arguments: [["http/1.1"], []])
  func anotherProtocolIsRefused(offered: [String]) throws {
    var client = Self.configuration(try Self.identity("dispatch"))
    client.applicationProtocols = offered
    let pair = try Self.pair(client: client)
    #expect(throws: TLSError.self) { try pair.handshake() }
  }

  @Test func bytesArriveInOrderThroughASmallSocket() throws {
    let pair = try Self.pair()
    try pair.handshake()
    let sent = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(try pair.transfer(sent) == sent)
  }

  @Test(arguments: [true, false])
  func endOfStreamIsSeen(politely: Bool) throws {
    let pair = try Self.pair()
    try pair.handshake()
    if politely { pair.client.shutdown() } else { pair.closeClientSocket() }
    var buffer = [UInt8](repeating: 0, count: 16)
    #expect(try buffer.withUnsafeMutableBytes { try pair.server.read(into: $0) } == .closed)
  }

  @Test func rubbishIsAnErrorNotATrap() throws {
    let pair = try Self.pair()
    _ = write(pair.clientSocket, "GET / HTTP/1.1\r\n\r\n", 18)
    let error = #expect(throws: TLSError.self) { try pair.server.handshake() }
    #expect(error?.kind == .protocolViolation)
    pair.server.shutdown()
  }

  @Test func configurationErrorsSpeak() throws {
    let one = try Self.identity("a")
    let other = try Self.identity("b")
    var mixed = Self.configuration(one)
    mixed.privateKey = .pem(other.privateKeyPEM)
    #expect(throws: CryptographyError.self) { try TLSContext.server(mixed) }
    mixed.privateKey = .file("/nonexistent/key.pem")
    let error = #expect(throws: CryptographyError.self) { try TLSContext.server(mixed) }
    #expect(error?.description == "open /nonexistent/key.pem: No such file or directory")
    #expect(throws: CryptographyError.self) { try TLSContext.client(.init()) }
    #expect(throws: CryptographyError.self) { try TLSContext.server(.init()) }
  }
}

/// A server's and a client's engine on the two ends of a socket pair.
final class Pair {
  let server: TLSEngine
  let client: TLSEngine
  let serverSocket: Int32
  private(set) var clientSocket: Int32

  init(server: TLSContext, client: TLSContext, serverName: String?) throws {
    var sockets: [Int32] = [0, 0]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &sockets) == 0 else {
      throw CryptographyError(operation: "socketpair", reason: "\(errno)")
    }
    (serverSocket, clientSocket) = (sockets[0], sockets[1])
    self.server = try TLSEngine(context: server, descriptor: serverSocket)
    self.client = try TLSEngine(context: client, descriptor: clientSocket, serverName: serverName)
  }

  deinit {
    close(serverSocket)
    if clientSocket >= 0 { close(clientSocket) }
  }

  func closeClientSocket() {
    close(clientSocket)
    clientSocket = -1
  }

  func handshake() throws {
    for _ in 0..<20 {
      let clientProgress = try client.handshake()
      let serverProgress = try server.handshake()
      if clientProgress == .done && serverProgress == .done { return }
    }
    throw CryptographyError(operation: "handshake", reason: "does not end")
  }

  /// One byte there and one back. In TLS 1.3 a client hears only now that its certificate was refused.
  func roundTrip() throws {
    #expect(try transfer([42]) == [42])
    var byte: UInt8 = 7
    _ = try withUnsafeBytes(of: &byte) { try server.write($0) }
    _ = try withUnsafeMutableBytes(of: &byte) { try client.read(into: $0) }
  }

  /// From the client to the server; each attempt to write comes from another buffer.
  func transfer(_ bytes: [UInt8]) throws -> [UInt8] {
    var received: [UInt8] = []
    var rest = bytes[...]
    var buffer = [UInt8](repeating: 0, count: 10_000)
    while received.count < bytes.count {
      if !rest.isEmpty, case .bytes(let count) = try Array(rest).withUnsafeBytes({ try client.write($0) }) { rest = rest.dropFirst(count) }
      while case .bytes(let count) = try buffer.withUnsafeMutableBytes({ try server.read(into: $0) }) { received += buffer[..<count] }
    }
    return received
  }
}
