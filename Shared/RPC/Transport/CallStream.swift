internal import CNghttp2
internal import Reactor

/// One call on its HTTP/2 stream: what both ends have in common, that is messages in, messages out, and the windows between.
///
/// `@unchecked Sendable`: confined to `reactor`. The asynchronous functions may be called from anywhere: they hand their work over.
class CallStream: @unchecked Sendable {
  let reactor: Reactor
  private let outboundLimit: Int

  /// While the stream is open.
  final var connection: Connection?
  final var id: Int32 = 0
  /// Neighbours in the connection's list.
  final var previous: Unmanaged<CallStream>?
  final var next: Unmanaged<CallStream>?

  private var deframer: MessageDeframer
  private var received = InboundQueue()
  /// Bytes received for which the stream's window has not been opened again.
  private var unconsumed = 0
  /// Memory that the connection counts as this stream's: of messages that nobody has read, the unfinished one included.
  private(set) final var unreadBytes = 0
  private var reader: Waiter<[UInt8]?>?
  /// The side that is read has ended: in good order (nil inside) or with an error. What was received before is still delivered.
  private(set) final var inboundEnd: Result<Void, any Error>?

  final var outbound = OutboundQueue()
  private var senders: [Waiter<Void>] = []
  /// nghttp2 asked for data when there was none, and waits for `resume_data`.
  private var isDeferred = false
  /// Why nothing can be sent any more.
  private(set) final var outboundEnd: (any Error)?

  init(reactor: Reactor, maxMessageBytes: Int, outboundQueueBytes: Int) {
    self.reactor = reactor
    outboundLimit = outboundQueueBytes
    deframer = MessageDeframer(limit: maxMessageBytes)
  }

  // MARK: What server and client streams add

  func header(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {}
  func headersReceived(endStream: Bool) {}
  /// END_STREAM, after the frame's own effect.
  func endReceived() {}
  func headersSent(endStream: Bool) {}
  /// The session has forgotten the stream.
  func closed(code: UInt32) {}
  func connectionLost(_ reason: RPCError) {}
  /// The peer's bytes are not gRPC messages that we accept.
  func inboundFailed(_ error: RPCError) {}
  /// A message has become complete.
  func messageReceived() {}
  /// Bytes have come into the queue or left it.
  func outboundChanged() {}
  /// The task that sends says that it is done.
  func finishSending() {}
  /// All that was queued has been handed to HTTP/2 and the queue has ended.
  func submitEnd(_ flags: UnsafeMutablePointer<UInt32>) { flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue }

  // MARK: Inbound

  /// A piece of DATA. The connection's window is the connection's affair.
  final func receive(_ chunk: UnsafeRawBufferPointer) {
    unconsumed += chunk.count
    guard inboundEnd == nil else { return consume(unconsumed) }
    let before = received.count
    do throws(MessageDeframer.Failure) {
      if let message = deframer.receiveWhole(chunk) {
        received.append(message)
      } else {
        try deframer.receive(chunk) { received.append($0) }
      }
    } catch {
      return inboundFailed(CallStream.error(error))
    }
    if received.count > before { messageReceived() }
    deliver()
    settleWindow()
    countUnread()
    if unreadBytes > 0, let connection, let limit = connection.exceededUnreadLimit {
      inboundFailed(RPCError(.resourceExhausted, "More than \(limit) bytes of messages wait here to be completed or read."))
    }
  }

  /// Tells the connection how much memory the unread messages take.
  private func countUnread() {
    let now = received.memory + deframer.memory
    guard now != unreadBytes else { return }
    connection?.unreadChanged(by: now - unreadBytes)
    unreadBytes = now
  }

  /// Messages received and not read yet.
  final var receivedCount: Int { received.count }
  final var isInsideMessage: Bool { deframer.isInsideMessage }

  /// The oldest message, without waiting.
  final func takeMessage() -> [UInt8]? {
    guard let message = received.popFirst() else { return nil }
    if inboundEnd == nil {
      let taken = message.count + MessageDeframer.prefixBytes
      consume(received.isEmpty ? unconsumed : min(taken, unconsumed))
    }
    countUnread()
    return message
  }

  /// The reading side is over. `discarding`: whatever was received and not read, and also when it had ended in good order.
  final func endInbound(_ end: Result<Void, any Error>, discarding: Bool = false) {
    guard inboundEnd == nil || discarding else { return }
    inboundEnd = end
    if discarding {
      received.removeAll()
      deframer.reset()
      countUnread()
    }
    deliver()
  }

  private func deliver() {
    guard let reader, reader.isWaiting, let outcome = readNow() else { return }
    self.reader = nil
    reader.resume(with: outcome)
  }

  /// nil when the reader must wait.
  private func readNow() -> Result<[UInt8]?, any Error>? {
    if let message = takeMessage() { return .success(message) }
    return inboundEnd.map { end in end.map { nil } }
  }

  /// Bytes of a message that is not complete yet are consumed as they come, or messages larger than the window would never arrive; but
  /// only when no complete message waits, or a slow reader would collect large messages without limit.
  private func settleWindow() {
    if received.isEmpty { consume(unconsumed) }
  }

  private func consume(_ count: Int) {
    guard count > 0 else { return }
    unconsumed -= count
    guard let connection, let session = connection.session else { return }
    nghttp2_session_consume_stream(session, id, count)
    connection.scheduleFlush()
  }

  private static func error(_ failure: MessageDeframer.Failure) -> RPCError {
    switch failure {
    case .tooLarge(let bytes, let limit):
      RPCError(.resourceExhausted, "A message of \(bytes) bytes is larger than the limit of \(limit).")
    case .compressed: RPCError(.internal, "A compressed message without grpc-encoding.")
    case .malformed: RPCError(.internal, "A message frame with unknown flags.")
    }
  }

  // MARK: Outbound

  /// Wakes nghttp2 for this stream, if it sleeps.
  final func resume() {
    guard let connection else { return }
    if isDeferred {
      isDeferred = false
      nghttp2_session_resume_data(connection.session, id)
    }
    connection.scheduleFlush()
  }

  /// nghttp2 asks for the next DATA frame's content.
  fileprivate final func fill(_ buffer: UnsafeMutableRawBufferPointer, _ flags: UnsafeMutablePointer<UInt32>) -> Int {
    let count = outbound.read(into: buffer)
    if count > 0 { outboundChanged() }
    if !senders.isEmpty, outbound.count < outboundLimit { wakeSenders(.success(())) }
    if outbound.isEmpty {
      if outbound.isEnded {
        submitEnd(flags)
      } else if count == 0 {
        isDeferred = true
        return Int(NGHTTP2_ERR_DEFERRED.rawValue)
      }
    }
    return count
  }

  /// Nothing more can be sent: later and waiting senders fail with `error`.
  final func endOutbound(_ error: any Error) {
    guard outboundEnd == nil else { return }
    outboundEnd = error
    wakeSenders(.failure(error))
  }

  private func wakeSenders(_ result: Result<Void, any Error>) {
    let waiting = senders
    senders.removeAll()
    for sender in waiting { sender.resume(with: result) }
  }

  /// What the first message needs: response headers on a server.
  func prepareToSend() {}

  /// The provider through which nghttp2 fetches `outbound`.
  final var dataProvider: nghttp2_data_provider {
    var provider = nghttp2_data_provider()
    provider.source.ptr = Unmanaged.passUnretained(self).toOpaque()
    provider.read_callback = { _, _, buffer, length, flags, source, _ in
      let stream = Unmanaged<CallStream>.fromOpaque(source!.pointee.ptr)
      return stream._withUnsafeGuaranteedRef { $0.fill(UnsafeMutableRawBufferPointer(start: buffer, count: length), flags!) }
    }
    return provider
  }

  // MARK: From tasks

  /// Runs on the reactor: now, when this is its thread.
  final func onReactor(_ body: @escaping @Sendable () -> Void) {
    if reactor.isCurrent { body() } else { reactor.execute(body) }
  }

  /// The next message; nil at the end.
  final func nextMessage() async throws -> [UInt8]? {
    if reactor.isCurrent, let outcome = readNow() { return try outcome.get() }
    try Task.checkCancellation()
    let waiter = Waiter<[UInt8]?>()
    return try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        onReactor { self.awaitMessage(waiter, continuation) }
      }
    } onCancel: {
      reactor.execute { waiter.cancel() }
    }
  }

  private func awaitMessage(_ waiter: Waiter<[UInt8]?>, _ continuation: UnsafeContinuation<[UInt8]?, any Error>) {
    if let reader, reader.isWaiting {
      return continuation.resume(throwing: RPCError(.internal, "Two tasks read the messages of one call."))
    }
    if let outcome = readNow() { return continuation.resume(with: outcome) }
    if waiter.begin(continuation) { reader = waiter }
  }

  /// Queues a framed message; suspends while the queue is at its limit.
  final func send(_ frame: [UInt8]) async throws {
    if reactor.isCurrent {
      try Task.checkCancellation()
      try push(frame)
      if outbound.count < outboundLimit { return }
      return try await waitForRoom { _ in }
    }
    try Task.checkCancellation()
    try await waitForRoom { try $0.push(frame) }
  }

  private func push(_ frame: [UInt8]) throws {
    if let outboundEnd { throw outboundEnd }
    if outbound.isEnded { throw RPCError(.internal, "A message was sent after the end of the call's messages.") }
    outbound.append(frame)
    outboundChanged()
    prepareToSend()
    resume()
  }

  private func waitForRoom(after first: @escaping @Sendable (CallStream) throws -> Void) async throws {
    let waiter = Waiter<Void>()
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        onReactor {
          do {
            try first(self)
            if let end = self.outboundEnd { throw end }
            guard self.outbound.count >= self.outboundLimit else { return continuation.resume() }
            if waiter.begin(continuation) { self.senders.append(waiter) }
          } catch {
            continuation.resume(throwing: error)
          }
        }
      }
    } onCancel: {
      reactor.execute { waiter.cancel() }
    }
  }
}
