// This folder is the only one that knows Hummingbird.
package import Cryptography
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
package import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import Synchronization

/// HTTP/1.1 for browsers, with TLS or without: hands requests to the edge, writes its answers.
package struct HTTPServer: Sendable {
  /// Threads of NIO's event loops: they move bytes only.
  static let eventLoops = 2
  /// Connections at once; more wait to be accepted.
  static let connectionLimit = 8_192

  /// Heads of at most 16 KiB; how long a browser may take for what is `RequestClock`'s.
  private static let limits = HTTP1Channel.Configuration(
    additionalChannelHandlers: [RequestClock(), StreamWatch()],
    httpDecoderConfiguration: .init(maxHeaderFieldSize: 16_384, maxHeaderListSize: 16_384, maxHeaderFieldCount: 100))

  private let group: ServiceGroup

  /// - Parameters:
  ///   - tls: Nil: in plain text.
  ///   - listening: Called with the real port once it listens.
  package init(
    _ edge: Edge, host: String, port: Int, tls: TLSContext? = nil, drainGrace: Duration, logger: Logger,
    listening: @escaping @Sendable (Int) -> Void
  ) {
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .warning)
    let application = Application(
      responder: EdgeResponder(edge: edge),
      server: HTTPServerBuilder { responder in
        let plain = HTTP1Channel(responder: responder, configuration: Self.limits)
        return tls.map { TLSChannel(plain, $0) } ?? plain
      },
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port), serverName: nil, backlog: 1_024,
        availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionLimit)),
      onServerRunning: { channel in listening(channel.localAddress?.port ?? port) },
      eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup(numberOfThreads: Self.eventLoops)), logger: quiet)
    var settings = ServiceGroupConfiguration(services: [.init(service: application)], logger: quiet)
    settings.maximumGracefulShutdownDuration = drainGrace
    group = ServiceGroup(configuration: settings)
  }

  /// Until it is stopped.
  package func run() async throws { try await group.run() }

  /// Accepts nothing new, lets answers in flight end.
  package func stop() async { await group.triggerGracefulShutdown() }
}

/// What Hummingbird knows of a request beside the request: the connection.
private struct ConnectionContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any NIOCore.Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}

private struct EdgeResponder: HTTPResponder {
  typealias Context = ConnectionContext

  let edge: Edge
  let connections = OpenConnections()

  func respond(to request: Request, context: ConnectionContext) async throws -> Response {
    var incoming = IncomingRequest(request.method.rawValue, request.uri.path)
    incoming.query = request.uri.query ?? ""
    incoming.address = context.channel.remoteAddress?.ipAddress ?? ""
    for field in request.headers { incoming.add(field.name.canonicalName, field.value) }
    incoming.body = try await body(of: request)
    let task = edge.begin(incoming)
    connections.whenClosed(context.channel) { task.cancel() }
    let answer = try await task.value
    if case .events(let feed) = answer.body {
      connections.whenClosed(context.channel) { feed.end() }
    } else {
      connections.forget(context.channel)
    }
    return response(answer, isHead: request.method == .head, context.channel)
  }

  /// Nil when it is too large. What cannot be read to its end is the browser's going away.
  private func body(of request: Request) async throws -> [UInt8]? {
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Limits.bodyBytes { return nil }
    var bytes: [UInt8] = []
    for try await part in request.body {
      guard bytes.count + part.readableBytes <= Limits.bodyBytes else { return nil }
      bytes.append(contentsOf: part.readableBytesView)
    }
    return bytes
  }

  private func response(_ answer: Answer, isHead: Bool, _ channel: any NIOCore.Channel) -> Response {
    var headers = HTTPFields()
    for (name, value) in answer.headers {
      if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
    }
    let status = HTTPResponse.Status(code: answer.status)
    switch answer.body {
    case .none: return Response(status: status, headers: headers)
    case .bytes(let bytes, let type):
      headers[.contentType] = type
      headers[.contentLength] = String(bytes.count)
      return Response(status: status, headers: headers, body: isHead ? .init() : .init(byteBuffer: ByteBuffer(bytes: bytes)))
    case .chunks(let feed, let type):
      headers[.contentType] = type
      if isHead { return Response(status: status, headers: headers) }
      return Response(
        status: status, headers: headers,
        body: ResponseBody { writer in
          while let bytes = try await feed.next() { try await writer.write(ByteBuffer(bytes: bytes)) }
          try await writer.finish(nil)
        })
    case .events(let feed):
      headers[.contentType] = "\(StreamWatch.mediaType); charset=utf-8"
      headers[.cacheControl] = "no-store"
      if isHead {
        feed.end()
        return Response(status: status, headers: headers)
      }
      // A proxy that collects answers would hold back what should come at once.
      if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
      feed.onOverflow { channel.close(mode: .all, promise: nil) }
      return Response(
        status: status, headers: headers,
        body: ResponseBody { writer in
          for await bytes in feed.events { try await writer.write(ByteBuffer(bytes: bytes)) }
          try await writer.finish(nil)
        })
    }
  }
}

/// What is to be given up when a browser goes: at most one thing a connection, as HTTP/1.1 answers one request at a time.
private final class OpenConnections: Sendable {
  private let actions = Mutex<[ObjectIdentifier: (@Sendable () -> Void)?]>([:])

  /// Instead of what was to be done before.
  func whenClosed(_ channel: any NIOCore.Channel, _ action: @escaping @Sendable () -> Void) {
    let key = ObjectIdentifier(channel)
    let isNew = actions.withLock { $0.updateValue(action, forKey: key) == nil }
    guard isNew else { return }
    // Once a connection; called at once when it is closed already.
    channel.closeFuture.whenComplete { _ in
      let action = self.actions.withLock { $0.removeValue(forKey: key) }
      action??()
    }
  }

  func forget(_ channel: any NIOCore.Channel) {
    let key = ObjectIdentifier(channel)
    actions.withLock { actions in
      if actions.keys.contains(key) { actions.updateValue(nil, forKey: key) }
    }
  }
}
