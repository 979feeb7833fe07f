internal import CNghttp2
internal import Logging
internal import Reactor
internal import Wire

/// One call on a server.
///
/// `@unchecked Sendable`: confined to the reactor, as its superclass says.
final class ServerStream: CallStream, @unchecked Sendable {
  private enum Stage {
    /// The request's headers are coming.
    case head
    /// A method with one request: its message is coming.
    case request
    /// The handler's Task exists.
    case running
    /// The status is decided. The handler may still run, unheard.
    case finished
  }

  private let server: ReactorServer
  /// Also when the stream has left it: the handler is counted there.
  private let origin: ServerConnection
  private let peer: Peer
  private let maxHeaderBytes: Int
  private var stage = Stage.head
  private var head = RequestHead()
  private var route: Route?
  private var task: Task<Void, Never>?
  private var deadlineTimer: TimerID?
  private var startedAt = MonotonicTime(nanoseconds: 0)
  private(set) var context: CallContext
  /// How many interceptors have seen the call's beginning.
  private var begun = 0

  /// nil is OK.
  private var status: RPCError?
  private var areHeadersSubmitted = false
  /// What `origin` counts of this stream's bytes that wait.
  private var countedBytes = 0
  private var hasPeerEnded = false

  init(on connection: ServerConnection, peer: Peer) {
    origin = connection
    server = connection.server
    self.peer = peer
    maxHeaderBytes = server.limits.maxHeaderBytes
    context = CallContext(method: ServerStream.unknownMethod, peer: peer)
    super.init(
      reactor: server.reactor, maxMessageBytes: server.limits.maxMessageBytes, outboundQueueBytes: server.limits.outboundQueueBytes)
  }

  private static let unknownMethod = Method(service: "unknown", name: "unknown", kind: .unary)

  // MARK: The request

  override func header(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
    guard case .head = stage else { return }  // trailers of a request mean nothing in gRPC
    if head.add(name, value, limit: maxHeaderBytes) { head.route = server.routes.find(value) }
  }

  override func headersReceived(endStream: Bool) {
    guard case .head = stage else { return }
    switch head.verdict(limit: maxHeaderBytes) {
    case .accepted(let route): accept(route)
    case .refused(let error): finish(error)
    case .notGRPC(let httpStatus, let error): finish(error, httpStatus: httpStatus)
    }
  }

  private func accept(_ route: Route) {
    self.route = route
    if head.timeout != nil || !server.interceptors.isEmpty { startedAt = .now() }
    let deadline = head.timeout.map { startedAt.advanced(by: $0) }
    context = CallContext(method: route.method, metadata: head.metadata, peer: peer, deadline: deadline)
    if let refusal = refusal(by: route.rule) { return finish(refusal) }
    guard origin.runningHandlers < server.limits.maxConcurrentStreams, origin.outboundBytes < server.limits.connectionOutboundBytes else {
      return refuseForNow()
    }
    for interceptor in server.interceptors {
      begun += 1
      do throws(RPCError) { try interceptor.begin(context) } catch { return finish(error) }
    }
    if let deadline {
      deadlineTimer = reactor.schedule(at: deadline) { [self] in deadlinePassed() }
    }
    if route.takesOneRequest { stage = .request } else { start(route) }
  }

  /// Who calls, and for whom.
  private func refusal(by rule: AccessRule) -> RPCError? {
    if let persons = server.persons, !context.metadata.isEmpty {
      do throws(RPCError) { context.person = try persons.person(of: context) } catch { return error }
    }
    return rule.refusal(of: peer, for: context.person, method: context.method, trusted: server.trustsEveryone)
  }

  private func start(_ route: Route) {
    stage = .running
    server.handlerStarted()
    origin.runningHandlers += 1
    task = route.start(self)
  }

  override func messageReceived() {
    guard case .request = stage, receivedCount > 1 else { return }
    finish(RPCError(.unimplemented, "This method takes exactly one request message."))
  }

  override func inboundFailed(_ error: RPCError) {
    task?.cancel()
    finish(error)
  }

  override func endReceived() {
    hasPeerEnded = true
    guard stage != .finished else { return }
    if isInsideMessage { return inboundFailed(RPCError(.internal, "The request ended inside a message.")) }
    endInbound(.success(()))
    guard stage == .request, let route else { return }
    guard receivedCount == 1 else { return finish(RPCError(.unimplemented, "This method takes exactly one request message.")) }
    start(route)
  }

  /// The one message of a unary or server-streaming call.
  func request<Request: WireMessage>(_ type: Request.Type) throws -> Request {
    guard let bytes = takeMessage() else { throw RPCError(.cancelled, "The call is over.") }
    return try Request.received(bytes, as: .internal)
  }

  // MARK: The handler's answers. They come on the reactor; after the status they mean nothing.

  func respond<Response: WireMessage>(_ response: Response) {
    guard stage != .finished else { return }
    outbound.append(response.framed())
    outboundChanged()
    finish(nil)
  }

  func succeed() { finish(nil) }

  func fail(_ error: any Error) {
    guard stage != .finished else { return }
    finish(server.status(of: error, context))
  }

  func handlerEnded() {
    task = nil
    origin.runningHandlers -= 1
    server.handlerEnded()
  }

  private func deadlinePassed() {
    deadlineTimer = nil
    task?.cancel()
    finish(RPCError(.deadlineExceeded, "The call's time is over."), isUrgent: true)
  }

  // MARK: The response

  /// Response headers go with the first message.
  override func prepareToSend() {
    guard !areHeadersSubmitted, let connection else { return }
    areHeadersSubmitted = true
    var provider = dataProvider
    let fields = StaticFields.response
    nghttp2_submit_response(connection.session, id, fields.baseAddress, fields.count, &provider)
  }

  /// Decides the status, once.
  /// - Parameter isUrgent: messages that wait are dropped.
  private func finish(_ status: RPCError?, httpStatus: StaticString = "200", isUrgent: Bool = false) {
    guard stage != .finished else { return }
    conclude(status)
    guard let connection else { return }
    if !areHeadersSubmitted, let status, outbound.isEmpty {
      submitRefusal(status, httpStatus: httpStatus, on: connection)
    } else if isUrgent, outbound.isInsideFrame {
      nghttp2_submit_rst_stream(connection.session, 0, id, HTTP2ErrorCode.cancel)
    } else {
      if isUrgent { forgetOutbound() }
      outbound.isEnded = true
      prepareToSend()
    }
    resume()
  }

  override func outboundChanged() {
    origin.outboundBytes += outbound.count - countedBytes
    countedBytes = outbound.count
  }

  private func forgetOutbound() {
    outbound.removeAll()
    outboundChanged()
  }

  /// Handlers of cancelled calls still run in great number, or the peer does not take its answers. REFUSED_STREAM tells the caller that
  /// nothing was begun.
  private func refuseForNow() {
    conclude(RPCError(.unavailable, "Too many calls are under way."))
    guard let connection else { return }
    nghttp2_submit_rst_stream(connection.session, 0, id, HTTP2ErrorCode.refusedStream)
    connection.scheduleFlush()
  }

  private func conclude(_ status: RPCError?) {
    stage = .finished
    self.status = status
    if let deadlineTimer { reactor.cancel(deadlineTimer) }
    deadlineTimer = nil
    let over: any Error = if let status { status } else { ServerStream.over }
    endInbound(.failure(over), discarding: true)
    endOutbound(over)
    guard !server.interceptors.isEmpty else { return }
    let elapsed = startedAt.nanoseconds == 0 ? .zero : startedAt.duration(to: .now())
    let code = status?.code ?? .ok
    for (index, interceptor) in server.interceptors.enumerated() {
      if index < begun { interceptor.end(context, status: code, elapsed: elapsed) } else { interceptor.refused(context, status: code) }
    }
  }

  /// Made once: boxing an error costs an allocation, and every call ends.
  private static let over: any Error = RPCError(.cancelled, "The call is over.")

  /// Trailers-only (PROTOCOL-HTTP2.md, Responses).
  private func submitRefusal(_ status: RPCError, httpStatus: StaticString, on connection: Connection) {
    areHeadersSubmitted = true
    var fields = HeaderFields()
    fields.add(":status", UnsafeBufferPointer(start: httpStatus.utf8Start, count: httpStatus.utf8CodeUnitCount))
    fields.add("content-type", "application/grpc".utf8)
    fields.add(status: status)
    fields.withFields { _ = nghttp2_submit_response(connection.session, id, $0, $1, nil) }
  }

  override func submitEnd(_ flags: UnsafeMutablePointer<UInt32>) {
    flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue | NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
    guard let session = connection?.session else { return }
    guard let status else {
      nghttp2_submit_trailer(session, id, StaticFields.trailersOK.baseAddress, StaticFields.trailersOK.count)
      return
    }
    var fields = HeaderFields()
    fields.add(status: status)
    fields.withFields { _ = nghttp2_submit_trailer(session, id, $0, $1) }
  }

  /// The caller still sends although it has its answer: it may stop.
  override func headersSent(endStream: Bool) {
    guard endStream, !hasPeerEnded, let connection else { return }
    nghttp2_submit_rst_stream(connection.session, 0, id, HTTP2ErrorCode.none)
  }

  // MARK: The end

  override func closed(code: UInt32) { abandon() }

  override func connectionLost(_ reason: RPCError) { abandon() }

  /// The caller is gone. Normally everything is over by now and this does nothing.
  private func abandon() {
    task?.cancel()
    forgetOutbound()
    guard stage != .finished else { return }
    conclude(RPCError(.cancelled, "The caller has cancelled the call."))
  }
}
