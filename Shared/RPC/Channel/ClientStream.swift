internal import CNghttp2
internal import Reactor

/// One attempt at a call on a client.
///
/// `@unchecked Sendable`: confined to the reactor, as its superclass says.
final class ClientStream: CallStream, @unchecked Sendable {
  enum Stage {
    /// Waits for a connection.
    case waiting
    /// Belongs to a connection; its HEADERS may still wait for the peer's stream limit.
    case submitted
    /// The outcome is known.
    case finished
  }

  let method: Method
  let metadata: Metadata
  let deadline: MonotonicTime?
  let waitsForReady: Bool
  /// The call has exactly one response message.
  private let takesOneResponse: Bool
  private let maxHeaderBytes: Int

  private(set) var stage = Stage.waiting
  private var head = ResponseHead()
  private var deadlineTimer: TimerID?
  private var completion: UnsafeContinuation<[UInt8], any Error>?
  private var hasSentHeaders = false
  private var hasSentEnd = false
  private var hasPeerEnded = false
  /// The server has certainly not begun to work on the call, so that another attempt is safe.
  private(set) var isUntouched = true

  init(reactor: Reactor, method: Method, options: CallOptions, deadline: MonotonicTime?, configuration: ChannelConfiguration) {
    self.method = method
    metadata = options.metadata
    waitsForReady = options.waitForReady
    self.deadline = deadline
    takesOneResponse = method.kind == .unary || method.kind == .clientStreaming
    maxHeaderBytes = configuration.maxHeaderBytes
    super.init(
      reactor: reactor, maxMessageBytes: configuration.maxMessageBytes, outboundQueueBytes: configuration.outboundQueueBytes)
  }

  // MARK: Outcome

  /// Suspends until the call is over, and returns its one message. `start` begins the call, on the reactor.
  func onlyMessage(_ start: @escaping @Sendable () -> Void) async throws -> [UInt8] {
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        onReactor {
          self.completion = continuation
          if self.stage == .finished { self.complete() } else { start() }
        }
      }
    } onCancel: {
      reactor.execute { self.cancel(CancellationError()) }
    }
  }

  private func complete() {
    guard let completion, case .some(let end) = inboundEnd else { return }
    self.completion = nil
    switch end {
    case .failure(let error): completion.resume(throwing: error)
    case .success:
      if receivedCount == 1, let message = takeMessage() {
        completion.resume(returning: message)
      } else {
        completion.resume(throwing: ClientStream.wrongCount)
      }
    }
  }

  private static let wrongCount = RPCError(.unimplemented, "The server did not send exactly one response message.")

  /// nil is OK. What is still open of the stream is closed; a stream that both sides have ended needs no RST_STREAM, of which servers
  /// count every one.
  private func finish(_ error: (any Error)?, untouched: Bool = false, discarding: Bool = false) {
    guard stage != .finished else { return }
    let wasSubmitted = stage == .submitted
    stage = .finished
    isUntouched = untouched
    if let deadlineTimer { reactor.cancel(deadlineTimer) }
    deadlineTimer = nil
    endInbound(error.map { .failure($0) } ?? .success(()), discarding: discarding)
    endOutbound(error ?? ClientStream.over)
    outbound.removeAll()
    complete()
    if wasSubmitted, let connection, !(hasSentEnd && hasPeerEnded) {
      nghttp2_submit_rst_stream(connection.session, 0, id, HTTP2ErrorCode.cancel)
      connection.scheduleFlush()
    }
  }

  /// Made once: boxing an error costs an allocation, and every call ends.
  private static let over: any Error = RPCError(.cancelled, "The call is over.")

  /// The caller gives up, or cannot go on. RST_STREAM(CANCEL) tells the server.
  func cancel(_ reason: any Error) { finish(reason, discarding: true) }

  /// The caller wants nothing more of the call.
  /// - Throws: the status, when the call has failed before.
  func leave() async throws {
    try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
      onReactor {
        let end = self.inboundEnd
        self.cancel(ClientStream.over)
        continuation.resume(with: end ?? .success(()))
      }
    }
  }

  /// Before it had a connection.
  func refuse(_ error: RPCError) { finish(error, untouched: true) }

  // MARK: Request

  func startDeadline() {
    guard let deadline, stage == .waiting else { return }
    deadlineTimer = reactor.schedule(at: deadline) { [self] in
      deadlineTimer = nil
      finish(RPCError(.deadlineExceeded, waitingReason ?? "The call's time is over."), discarding: true)
    }
  }

  /// Why there is no connection yet, for the one who waits in vain.
  var waitingReason: String?

  /// Hands the call to HTTP/2. Called once, by the connection that was picked.
  func submit(on connection: ClientConnection) {
    stage = .submitted
    waitingReason = nil
    let id = connection.requestFields(method, metadata, deadline: deadline) { fields, count in
      var provider = dataProvider
      return nghttp2_submit_request(connection.session, nil, fields, count, &provider, Unmanaged.passUnretained(self).toOpaque())
    }
    guard id > 0 else {
      // Stream numbers are used up, or no memory: this connection takes no more calls, and closes when the last one has ended.
      nghttp2_submit_goaway(connection.session, 0, 0, HTTP2ErrorCode.none, nil, 0)
      connection.retire()
      return finish(RPCError(.unavailable, String(cString: nghttp2_strerror(id))), untouched: true)
    }
    connection.adopt(self, id: id)
    connection.scheduleFlush()
  }

  /// Nothing more will be sent.
  override func finishSending() {
    guard stage != .finished, !outbound.isEnded else { return }
    outbound.isEnded = true
    resume()
  }

  override func headersSent(endStream: Bool) { hasSentHeaders = true }

  override func submitEnd(_ flags: UnsafeMutablePointer<UInt32>) {
    hasSentEnd = true
    super.submitEnd(flags)
  }

  // MARK: Response

  override func header(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
    head.add(name, value, limit: maxHeaderBytes)
  }

  override func headersReceived(endStream: Bool) {
    hasPeerEnded = endStream
    guard stage != .finished else { return }
    switch head.headersReceived(endStream: endStream, limit: maxHeaderBytes) {
    case .wait: break
    case .end(nil) where isInsideMessage: finish(RPCError(.internal, "The answer ended inside a message."))
    case .end(let error): if let error { finish(error) } else { finish(nil) }
    }
  }

  override func messageReceived() {
    if takesOneResponse, receivedCount > 1 { finish(ClientStream.wrongCount, discarding: true) }
  }

  override func inboundFailed(_ error: RPCError) { finish(error, discarding: true) }

  /// END_STREAM on DATA, without trailers. With trailers the call is finished already.
  override func endReceived() {
    hasPeerEnded = true
    finish(ResponseHead.missing)
  }

  // MARK: The end

  override func closed(code: UInt32) {
    guard stage != .finished else { return }
    let refused = code == HTTP2ErrorCode.refusedStream
    let message = refused ? "The server refused the call before it began." : "The server reset the call (HTTP/2 error \(code))."
    finish(RPCError(code == HTTP2ErrorCode.none ? .internal : StatusCode(http2Error: code), message), untouched: refused)
  }

  override func connectionLost(_ reason: RPCError) {
    finish(RPCError(.unavailable, reason.message), untouched: !hasSentHeaders)
  }
}
