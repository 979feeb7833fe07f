import Cryptography
import Logging
import Reactor
import Synchronization
import Wire

@testable import RPC

/// A message of bytes that are not looked into; `[0xff]` in front is no message.
struct Blob: WireMessage {
  static let fullName = "test.Blob"
  var bytes: [UInt8] = []

  init() {}
  init(_ bytes: [UInt8]) { self.bytes = bytes }
  init(_ text: String) { bytes = Array(text.utf8) }
  /// So many bytes, no two pages of them alike.
  init(count: Int) {
    bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: count) & 0x7f, count: count)
    for place in stride(from: 0, to: count, by: 1_000) { bytes[place] = UInt8(truncatingIfNeeded: place / 1_000) & 0x7f }
  }

  init(decoding buffer: UnsafeRawBufferPointer) throws(WireError) {
    if buffer.first == 0xff { throw .malformed }
    bytes = Array(buffer)
  }

  func encoded(prefix: Int) -> [UInt8] { [UInt8](repeating: 0, count: prefix) + bytes }

  var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// The service that the tests call.
enum Echo {
  static let unary = Method(service: "test.Echo", name: "Unary", kind: .unary)
  static let collect = Method(service: "test.Echo", name: "Collect", kind: .clientStreaming)
  static let spread = Method(service: "test.Echo", name: "Spread", kind: .serverStreaming)
  static let chat = Method(service: "test.Echo", name: "Chat", kind: .bidirectional)

  /// Echoes; collects the sum of sizes; spreads `text` copies of a message; chats an echo each.
  static var router: Router {
    var router = withoutChat
    router.bidirectional(chat) {
      (requests: InboundMessages<Blob>, responses: OutboundMessages<Blob>, _: CallContext) async throws in
      for try await request in requests { try await responses.send(request) }
    }
    return router
  }

  static var withoutChat: Router {
    var router = Router()
    router.unary(unary) { (request: Blob, _: CallContext) async throws -> Blob in request }
    router.clientStreaming(collect) { (requests: InboundMessages<Blob>, _: CallContext) async throws -> Blob in
      var count = 0
      var size = 0
      for try await request in requests {
        count += 1
        size += request.bytes.count
      }
      return Blob("\(count) \(size)")
    }
    router.serverStreaming(spread) { (request: Blob, responses: OutboundMessages<Blob>, _: CallContext) async throws in
      let numbers = request.text.split(separator: "x").map { Int($0) ?? 0 }
      for _ in 0..<numbers[0] { try await responses.send(Blob(count: numbers[1])) }
    }
    return router
  }
}

/// A server and channels to it, on reactors of their own; the body runs on the first of them. All is gone when it returns.
final class Harness: Sendable {
  let reactors: ReactorGroup
  let server: Server
  let address: SocketAddress

  init(reactors: ReactorGroup, server: Server, address: SocketAddress) {
    self.reactors = reactors
    self.server = server
    self.address = address
  }

  func channel(
    tls: TLSContext? = nil, expecting service: String? = nil, _ adjust: (inout ChannelConfiguration) -> Void = { _ in }
  ) -> Channel {
    var configuration = ChannelConfiguration()
    adjust(&configuration)
    return Channel(target: "\(address)", tls: tls, expectedService: service, configuration: configuration, reactors: reactors)
  }
}

func withServer(
  _ router: Router = Echo.router, rule: AccessRule = .authenticated, tls: TLSContext? = nil, reactors count: Int = 2,
  interceptors: [any ServerInterceptor] = [], limits adjust: (inout Limits) -> Void = { _ in },
  trustPlaintext: Bool = true, logger: Logger = .silent, _ body: @escaping @Sendable (Harness) async throws -> Void
) async throws {
  let group = try ReactorGroup(count: count, name: "test")
  var limits = Limits()
  adjust(&limits)
  let access = AccessPolicy(Dictionary(uniqueKeysWithValues: router.methods.map { ($0, rule) }))
  let server = try Server(
    configuration: ServerConfiguration(tls: tls, limits: limits, trustPlaintextPeers: trustPlaintext), reactors: group,
    router: router, access: access, interceptors: interceptors, logger: logger)
  let task = group.reactors[0].spawn {
    let harness = Harness(reactors: group, server: server, address: try await server.start()[0])
    try await body(harness)
  }
  let result = await withTaskCancellationHandler {
    await task.result
  } onCancel: {
    task.cancel()
  }
  await server.drain(grace: .zero)
  await group.shutdown()
  try result.get()
}

extension Logger {
  static let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
}

/// The error that `body` throws as a call's status.
func status(of body: () async throws -> Void) async -> RPCError? {
  do {
    try await body()
    return nil
  } catch let error as RPCError {
    return error
  } catch {
    return RPCError(.unknown, "not an RPCError: \(error)")
  }
}

/// One value, set once, that tasks on any reactor wait for.
final class Gate<Value: Sendable>: Sendable {
  private let stream: AsyncStream<Value>
  private let continuation: AsyncStream<Value>.Continuation

  init() { (stream, continuation) = AsyncStream<Value>.makeStream() }

  func open(_ value: Value) { continuation.yield(value) }

  func wait() async throws -> Value {
    for await value in stream { return value }
    throw CancellationError()
  }
}

extension Gate<Void> {
  func open() { open(()) }
}

/// Several tasks wait, each at its own; all are opened at once, those that nobody has come to yet, too.
struct Gates: Sendable {
  private let gates: [Gate<Void>]

  init(_ count: Int) { gates = (0..<count).map { _ in Gate<Void>() } }

  func wait(_ number: Int) async throws { try await gates[number].wait() }

  func open() { for gate in gates { gate.open() } }
}

/// Hands every record on.
struct RecordingLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info
  private let told: AsyncStream<LogEvent>.Continuation

  static func make() -> (AsyncStream<LogEvent>, Logger) {
    let (lines, told) = AsyncStream<LogEvent>.makeStream()
    return (lines, Logger(label: "test") { _ in RecordingLog(told: told) })
  }

  private init(told: AsyncStream<LogEvent>.Continuation) { self.told = told }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { told.yield(event) }
}

/// A value that is known later.
final class LateValue<Value: Sendable>: Sendable {
  private let stored = Mutex<Value?>(nil)

  var value: Value? {
    get { stored.withLock { $0 } }
    set { stored.withLock { $0 = newValue } }
  }
}

/// Certificates of one node's authority.
struct Certificates {
  let authority: CertificateAuthority

  init() throws { authority = try CertificateAuthority.make(commonName: "test authority") }

  private func configuration(service: String, trusting other: CertificateAuthority?) throws -> TLSContext.Configuration {
    let issued = try authority.issue(
      CertificateRequest(
        commonName: service, uris: ["spiffe://testville/city/node-1/\(service)"], dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"]))
    return TLSContext.Configuration(
      certificateChain: .pem(issued.certificatePEM), privateKey: .pem(issued.privateKeyPEM),
      trustedAuthorities: .pem((other ?? authority).certificatePEM))
  }

  func server(_ service: String) throws -> TLSContext { try .server(try configuration(service: service, trusting: nil)) }

  /// - Parameter other: the authority to trust instead of the own one.
  func client(_ service: String, trusting other: CertificateAuthority? = nil) throws -> TLSContext {
    try .client(try configuration(service: service, trusting: other))
  }

  func clientWithoutCertificate() throws -> TLSContext {
    try .client(TLSContext.Configuration(trustedAuthorities: .pem(authority.certificatePEM)))
  }
}
