internal import CNghttp2
internal import Cryptography
internal import Glibc
internal import Reactor

/// One HTTP/2 connection of a server or a client: socket, TLS, session, and the streams on it.
///
/// Reads drain the socket into the session. Whatever the session then has to say leaves in one write at the end of the reactor's turn, so
/// that many calls share a system call. What the socket doesn't take waits in `backlog`, and while it waits nothing more is encoded:
/// the streams' queues fill and their senders suspend.
///
/// `@unchecked Sendable`: confined to `reactor`. Other threads only hold the reference.
class Connection: ReadinessHandler, EndOfTurnWork, @unchecked Sendable {
  enum Phase { case connecting, handshaking, open, closed }

  /// Reads from one socket in one turn, so that a fast peer doesn't keep the reactor to itself.
  private static let readsPerTurn = 8

  let reactor: Reactor
  let limits: Limits
  let isServer: Bool
  private let scratch: TransportScratch

  private(set) var phase: Phase
  private(set) var session: OpaquePointer?
  private(set) var tls: TLSEngine?
  private let descriptor: Int32
  final var rawDescriptor: Int32 { descriptor }
  private var watch: Watch?
  private var interest: Interest = []
  private var backlog: [UInt8] = []
  private var isQueued = false
  private var mustReadAgain = false
  /// Inside a call into nghttp2, where the session may not be freed.
  private var isInsideSession = false
  private var closeReason: RPCError?

  /// Received bytes for which the connection's window is opened after the current chunk.
  var unacknowledgedBytes = 0
  /// The last stream of a doubly linked list through all open streams.
  private var lastStream: Unmanaged<CallStream>?
  private(set) var streamCount = 0
  /// Memory of messages that nobody has read, of all streams, in bytes.
  private(set) var unreadBytes = 0

  var keepalive = Keepalive()

  /// Whether a silent connection is asked for a sign of life.
  var needsKeepalive: Bool { true }

  /// - Parameter descriptor: a non-blocking socket; from now on the connection's.
  init(reactor: Reactor, limits: Limits, isServer: Bool, descriptor: Int32, phase: Phase) {
    self.reactor = reactor
    self.limits = limits
    self.isServer = isServer
    self.descriptor = descriptor
    self.phase = phase
    scratch = TransportScratch.shared.value
  }

  deinit {
    if let session { nghttp2_session_del(session) }
    if phase != .closed { Glibc.close(descriptor) }
  }

  // MARK: What subclasses add

  /// TLS stands (or isn't wanted); the session has just been made.
  func opened() throws {}
  func headersBegan(streamID: Int32, category: nghttp2_headers_category) -> Int32 { 0 }
  func unreadChanged(by bytes: Int) { unreadBytes += bytes }
  /// The limit on unread messages that is exceeded, in bytes; nil while there is room.
  var exceededUnreadLimit: Int? { unreadBytes > limits.connectionUnreadBytes ? limits.connectionUnreadBytes : nil }
  /// The peer's first SETTINGS.
  func settingsReceived() {}
  func pingAcknowledged(_ data: UInt64) {}
  func goAwayReceived(lastStreamID: Int32) {}
  func didClose(_ reason: RPCError) {}

  // MARK: Opening

  /// Begins to watch the socket. In phase `connecting` it waits for the connect to end, otherwise it goes on with TLS or HTTP/2 at once.
  final func begin(tls engine: TLSEngine?) {
    tls = engine
    do {
      interest = phase == .connecting ? .write : .read
      watch = try reactor.watch(descriptor, interest, handler: self)
      if phase != .connecting { try startHandshake() }
    } catch {
      close(Connection.failure(error))
    }
  }

  private func startHandshake() throws {
    phase = .handshaking
    try want(.read)
    if tls == nil { try open() } else { try continueHandshake() }
  }

  private func continueHandshake() throws {
    switch try tls?.handshake() ?? .done {
    case .wantRead: try want(.read)
    case .wantWrite: try want([.read, .write])
    case .done:
      try want(.read)
      try open()
    }
  }

  private func open() throws {
    session = HTTP2Session.make(server: isServer, limits: limits, owner: Unmanaged.passUnretained(self).toOpaque())
    guard session != nil else { throw RPCError(.resourceExhausted, "no memory for an HTTP/2 session") }
    phase = .open
    try opened()
    scheduleKeepalive(after: limits.keepaliveInterval)
    scheduleFlush()
    // The peer's first bytes may have come with the end of the handshake and wait inside the TLS engine.
    if tls != nil { readAvailable() }
  }

  // MARK: The loop's calls

  final func ready(_ readiness: Readiness) {
    do {
      switch phase {
      case .connecting: try finishConnecting()
      case .handshaking: try continueHandshake()
      case .open:
        // TLS may want to read in order to write and the other way round: try both.
        if tls != nil || readiness != .write { readAvailable() }
        if readiness.contains(.write) { flush() }
      case .closed: break
      }
    } catch {
      close(Connection.failure(error))
    }
  }

  final func endOfTurn() {
    isQueued = false
    if mustReadAgain {
      mustReadAgain = false
      readAvailable()
    }
    flush()
  }

  /// Sees to it that the session's output is written at the end of this turn.
  final func scheduleFlush() {
    guard !isQueued, phase == .open else { return }
    isQueued = true
    reactor.atEndOfTurn(self)
  }

  private func finishConnecting() throws {
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
    guard code == 0 else { throw SystemError("connect", errno: code) }
    try startHandshake()
  }

  private func want(_ wanted: Interest) throws(SystemError) {
    guard wanted != interest, let watch else { return }
    try reactor.change(watch, to: wanted)
    interest = wanted
  }

  // MARK: Reading

  private enum Transfer { case bytes(Int), blocked, closed }

  private func readAvailable() {
    for _ in 0..<Self.readsPerTurn {
      guard phase == .open else { return }
      let outcome: Transfer
      do { outcome = try receive(scratch.input) } catch { return close(Connection.failure(error)) }
      switch outcome {
      case .blocked: return scheduleFlush()
      case .closed: return close(RPCError(.unavailable, "The peer closed the connection."))
      case .bytes(let count):
        feed(count)
        if tls == nil, count < scratch.input.count { return scheduleFlush() }
      }
    }
    // More may be buffered where epoll doesn't see it.
    if tls != nil { mustReadAgain = true }
    scheduleFlush()
  }

  private func receive(_ buffer: UnsafeMutableRawBufferPointer) throws -> Transfer {
    if let tls {
      switch try tls.read(into: buffer) {
      case .bytes(let count): return .bytes(count)
      case .wantRead, .wantWrite: return .blocked
      case .closed: return .closed
      }
    }
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return .bytes(count) }
      if count == 0 { return .closed }
      if errno == EAGAIN { return .blocked }
      if errno != EINTR { throw SystemError("recv") }
    }
  }

  private func feed(_ count: Int) {
    keepalive.hasReceived = true
    isInsideSession = true
    let consumed = nghttp2_session_mem_recv(session, scratch.input.baseAddress, count)
    if unacknowledgedBytes > 0 {
      nghttp2_session_consume_connection(session, unacknowledgedBytes)
      unacknowledgedBytes = 0
    }
    isInsideSession = false
    if let closeReason { return close(closeReason) }
    if consumed < 0 {
      let reason = String(cString: nghttp2_strerror(Int32(consumed)))
      close(RPCError(.unavailable, "The peer broke HTTP/2: \(reason)."))
    }
  }

  // MARK: Writing

  private func flush() {
    guard phase == .open else { return }
    do {
      if !backlog.isEmpty {
        let sent = try backlog.withUnsafeBytes { try send($0) }
        guard sent == backlog.count else {
          backlog.removeFirst(sent)
          return try want([.read, .write])
        }
        backlog.removeAll()
      }
      while true {
        let (count, isExhausted) = encode()
        guard phase == .open, count > 0 else { break }
        let output = UnsafeRawBufferPointer(rebasing: scratch.output[..<count])
        let sent = try send(output)
        guard sent == count else {
          backlog.append(contentsOf: output[sent...])
          return try want([.read, .write])
        }
        if isExhausted { break }
      }
      guard phase == .open else { return }
      try want(.read)
      if nghttp2_session_want_read(session) == 0, nghttp2_session_want_write(session) == 0 {
        close(RPCError(.unavailable, "The connection has ended."))
      }
    } catch {
      close(Connection.failure(error))
    }
  }

  /// Lets the session encode into the scratch buffer, up to the backlog's limit. True when it has nothing more to say.
  private func encode() -> (count: Int, isExhausted: Bool) {
    var count = 0
    let full = min(limits.socketBacklogBytes, scratch.output.count - TransportScratch.largestFrame)
    isInsideSession = true
    defer { isInsideSession = false }
    while count < full {
      var bytes: UnsafePointer<UInt8>?
      let size = nghttp2_session_mem_send(session, &bytes)
      guard size > 0, let bytes else {
        if size < 0 { closeReason = RPCError(.internal, String(cString: nghttp2_strerror(Int32(size)))) }
        break
      }
      precondition(size <= scratch.output.count - count, "a frame larger than nghttp2's limits")
      scratch.output.baseAddress!.advanced(by: count).copyMemory(from: bytes, byteCount: size)
      count += size
    }
    if let closeReason {
      isInsideSession = false
      close(closeReason)
      return (0, true)
    }
    return (count, count < full)
  }

  /// How many bytes the socket took.
  private func send(_ bytes: UnsafeRawBufferPointer) throws -> Int {
    var sent = 0
    while sent < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
      if let tls {
        guard case .bytes(let count) = try tls.write(rest) else { return sent }
        sent += count
        continue
      }
      let count = Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
      if count >= 0 {
        sent += count
      } else if errno == EAGAIN {
        return sent
      } else if errno != EINTR {
        throw SystemError("send")
      }
    }
    return sent
  }

  // MARK: Streams

  /// The session holds the stream from now on.
  final func adopt(_ stream: CallStream, id: Int32) {
    let reference = Unmanaged.passRetained(stream)
    stream.connection = self
    stream.id = id
    stream.previous = lastStream
    lastStream?._withUnsafeGuaranteedRef { $0.next = reference }
    lastStream = reference
    streamCount += 1
  }

  final func streamClosed(_ reference: Unmanaged<CallStream>, code: UInt32) {
    let stream = reference.takeUnretainedValue()
    release(stream, reference)
    stream.closed(code: code)
  }

  private func release(_ stream: CallStream, _ reference: Unmanaged<CallStream>) {
    stream.previous?._withUnsafeGuaranteedRef { $0.next = stream.next }
    if let next = stream.next { next._withUnsafeGuaranteedRef { $0.previous = stream.previous } } else { lastStream = stream.previous }
    stream.previous = nil
    stream.next = nil
    unreadChanged(by: -stream.unreadBytes)
    stream.connection = nil
    streamCount -= 1
    reference.release()
  }

  // MARK: Closing

  /// Closes at once (after the current call into nghttp2): every open stream ends with `reason`.
  final func close(_ reason: RPCError) {
    guard phase != .closed else { return }
    if isInsideSession {
      closeReason = closeReason ?? reason
      return
    }
    phase = .closed
    if let timer = keepalive.timer { reactor.cancel(timer) }
    tls?.shutdown()
    tls = nil
    if let watch { reactor.unwatch(watch) }
    watch = nil
    Glibc.close(descriptor)
    if let session { nghttp2_session_del(session) }
    session = nil
    backlog = []
    while let reference = lastStream {
      let stream = reference.takeUnretainedValue()
      release(stream, reference)
      stream.connectionLost(reason)
    }
    didClose(reason)
  }

  static func failure(_ error: any Error) -> RPCError {
    (error as? RPCError) ?? RPCError(.unavailable, "\(error)")
  }
}
