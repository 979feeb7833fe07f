public import Cryptography
public import Reactor
internal import Synchronization
public import Wire

/// A client's way to a service: a connection from each reactor that uses it to each address, made when needed and again when lost.
///
/// A call made on a reactor stays there. From elsewhere it is handed to one of the group's reactors.
public final class Channel: Sendable {
  /// Attempts at a call that the server refused before it began (REFUSED_STREAM, GOAWAY).
  static let attemptsWhenRefused = 5

  private let core: ChannelCore
  private let reactors: ReactorGroup
  private let local: ReactorLocal<ReactorChannel>
  private let parts: Parts

  /// Every reactor's part, so that `close` finds them.
  private final class Parts: Sendable {
    let list = Mutex<(all: [ReactorChannel], isClosed: Bool)>(([], false))
  }

  /// - Parameters:
  ///   - target: `host:port`, or several separated by commas. Names are resolved anew for every attempt to connect.
  ///   - tls: nil speaks plain text.
  ///   - expectedService: the service part that the peer's certificate must name; nil accepts every certificate of the authority.
  public init(
    target: String, tls: TLSContext?, expectedService: String? = nil, configuration: ChannelConfiguration = ChannelConfiguration(),
    reactors: ReactorGroup
  ) {
    let core = ChannelCore(
      target: ChannelTarget(target), tls: tls, expectedService: expectedService, configuration: configuration)
    let parts = Parts()
    self.core = core
    self.parts = parts
    self.reactors = reactors
    local = ReactorLocal { reactor in
      let part = ReactorChannel(reactor: reactor, core: core)
      let isClosed = parts.list.withLock { list in
        list.all.append(part)
        return list.isClosed
      }
      if isClosed { part.close() }
      return part
    }
  }

  deinit {
    // No call is in flight: each holds the channel.
    for part in closing() { part.reactor.execute { part.close() } }
  }

  private func closing() -> [ReactorChannel] {
    parts.list.withLock { list in
      list.isClosed = true
      return list.all
    }
  }

  /// Fails calls in flight as UNAVAILABLE and closes the connections.
  public func close() async {
    for part in closing() {
      _ = try? await part.reactor.spawn { part.close() }.value
    }
  }

  // MARK: Calls

  /// One request, one response.
  public func unary<Request: WireMessage, Response: WireMessage>(
    _ method: Method, _ request: Request, _ options: CallOptions = CallOptions()
  ) async throws -> Response {
    let frame = request.framed()
    var attempts = CallAttempts(options)
    while true {
      let stream = stream(method, options, attempts.deadline)
      do {
        let bytes = try await stream.onlyMessage { self.begin(stream, with: frame) }
        return try Response.received(bytes, as: .internal)
      } catch let error as RPCError {
        guard let pause = attempts.pause(after: error, untouched: stream.isUntouched) else { throw error }
        try await CallAttempts.sleep(pause)
      }
    }
  }

  /// Many requests, one response. `produce` runs as a child task and is cancelled when the server answers early.
  public func clientStreaming<Request: WireMessage, Response: WireMessage>(
    _ method: Method, _ options: CallOptions = CallOptions(),
    _ produce: @escaping @Sendable (OutboundMessages<Request>) async throws -> Void
  ) async throws -> Response {
    let stream = stream(method, options, CallAttempts(options).deadline)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        do {
          try await produce(OutboundMessages(stream))
          stream.onReactor { stream.finishSending() }
        } catch {
          // After an early answer this changes nothing.
          stream.onReactor { stream.cancel(error) }
        }
      }
      defer { group.cancelAll() }
      let bytes = try await stream.onlyMessage { self.begin(stream, with: nil) }
      return try Response.received(bytes, as: .internal)
    }
  }

  /// One request, many responses. `consume` is called per message; the next one is asked for when it returns. When it throws, the call
  /// is cancelled and the error rethrown.
  public func serverStreaming<Request: WireMessage, Response: WireMessage>(
    _ method: Method, _ request: Request, _ options: CallOptions = CallOptions(),
    _ consume: (Response) async throws -> Void
  ) async throws {
    let frame = request.framed()
    var attempts = CallAttempts(options)
    while true {
      let stream = stream(method, options, attempts.deadline)
      stream.onReactor { self.begin(stream, with: frame) }
      let first: [UInt8]?
      do {
        first = try await ending(stream) { try await stream.nextMessage() }
      } catch let error as RPCError {
        guard let pause = attempts.pause(after: error, untouched: stream.isUntouched) else { throw error }
        try await CallAttempts.sleep(pause)
        continue
      }
      // From here on another attempt would deliver messages twice.
      return try await ending(stream) {
        var next = first
        while let bytes = next {
          try await consume(try Response.received(bytes, as: .internal))
          next = try await stream.nextMessage()
        }
      }
    }
  }

  /// Many of both. The call ends when `body` returns or throws: unless it has read to the end of the responses by then, or the server has
  /// ended the call, the call is cancelled, and nobody learns the server's status.
  public func bidirectional<Request: WireMessage, Response: WireMessage, Result: Sendable>(
    _ method: Method, _ options: CallOptions = CallOptions(),
    _ body: (OutboundMessages<Request>, InboundMessages<Response>) async throws -> Result
  ) async throws -> Result {
    let stream = stream(method, options, CallAttempts(options).deadline)
    stream.onReactor { self.begin(stream, with: nil) }
    return try await ending(stream) {
      let result = try await body(OutboundMessages(stream), InboundMessages(stream))
      try await stream.leave()
      return result
    }
  }

  // MARK: Attempts

  private func stream(_ method: Method, _ options: CallOptions, _ deadline: MonotonicTime?) -> ClientStream {
    ClientStream(
      reactor: Reactor.current ?? reactors.next(), method: method, options: options, deadline: deadline,
      configuration: core.configuration)
  }

  /// On the stream's reactor. A `frame` is the call's only request message.
  private func begin(_ stream: ClientStream, with frame: [UInt8]?) {
    if let frame {
      stream.outbound.append(frame)
      stream.outbound.isEnded = true
    }
    local.value.start(stream)
  }

  /// Cancels the call when `body` throws: whatever the reason, nobody reads it any more.
  private func ending<Result>(_ stream: ClientStream, _ body: () async throws -> Result) async throws -> Result {
    do {
      return try await body()
    } catch {
      stream.onReactor { stream.cancel(error) }
      throw error
    }
  }
}

/// How often a call has been tried, and when to try it again.
struct CallAttempts {
  let deadline: MonotonicTime?
  private let retry: RetryPolicy?
  private var count = 0

  init(_ options: CallOptions) {
    deadline = options.timeout.map { MonotonicTime.now().advanced(by: $0) }
    retry = options.retry
  }

  /// How long to wait before the next attempt; nil when the error stands.
  mutating func pause(after error: RPCError, untouched: Bool) -> Duration? {
    count += 1
    guard error.code == .unavailable else { return nil }
    var pause: Duration
    if untouched, count == 1 {
      pause = .zero
    } else if untouched, count < Channel.attemptsWhenRefused {
      pause = Backoff.delay(
        attempt: count, initial: .milliseconds(10), limit: .milliseconds(200), multiplier: 2, random: .random(in: 0..<1))
    } else if let retry, count < retry.maxAttempts {
      pause = Backoff.delay(
        attempt: count, initial: retry.initialBackoff, limit: retry.maxBackoff, multiplier: retry.multiplier,
        random: .random(in: 0..<1))
    } else {
      return nil
    }
    if let deadline, MonotonicTime.now().advanced(by: pause) >= deadline { return nil }
    return pause
  }

  static func sleep(_ pause: Duration) async throws {
    guard pause > .zero else { return try Task.checkCancellation() }
    if Reactor.current != nil { try await Reactor.sleep(for: pause) } else { try await Task.sleep(for: pause) }
  }
}
