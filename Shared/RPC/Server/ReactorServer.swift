internal import CLinux
internal import Cryptography
internal import Glibc
internal import Logging
internal import Reactor
internal import Synchronization

/// What all reactors of a server share, unchanging but for the count.
final class ServerCore: Sendable {
  let configuration: ServerConfiguration
  let limits: Limits
  let routes: RouteTable
  let persons: (any PersonVerifier)?
  let interceptors: [any ServerInterceptor]
  let logger: Logger
  let connectionCount = Atomic<Int>(0)

  init(
    configuration: ServerConfiguration, routes: RouteTable, persons: (any PersonVerifier)?, interceptors: [any ServerInterceptor],
    logger: Logger
  ) {
    self.configuration = configuration
    limits = configuration.limits
    self.routes = routes
    self.persons = persons
    self.interceptors = interceptors
    self.logger = logger
  }
}

/// A server's part on one reactor: a listener and the connections that it accepted.
///
/// `@unchecked Sendable`: confined to `reactor`. `Server` holds the reference and reaches it through the reactor's tasks.
final class ReactorServer: ReadinessHandler, @unchecked Sendable {
  /// Connections accepted in one turn.
  private static let acceptsPerTurn = 64
  /// Pause when the process is out of descriptors: the listener stays readable, and epoll would spin.
  private static let pauseWhenExhausted: Duration = .milliseconds(100)
  /// Refused connections are told together: 1 s after the first.
  private static let refusalPace: Duration = .seconds(1)
  /// Connections that the kernel keeps for us.
  private static let listenBacklog: Int32 = 1_024
  /// How long a drain waits for cancelled handlers beyond its grace.
  private static let handlerGrace: Duration = .seconds(5)

  let reactor: Reactor
  private let core: ServerCore
  // Copies of the core's, one step nearer.
  let limits: Limits
  let routes: RouteTable
  let persons: (any PersonVerifier)?
  let interceptors: [any ServerInterceptor]
  let trustsEveryone: Bool
  var tls: TLSContext? { core.configuration.tls }

  private var listener: Int32 = -1
  private var watch: Watch?
  private var connections: [ObjectIdentifier: ServerConnection] = [:]
  private var runningHandlers = 0
  /// Connections refused and not told yet.
  private var refusals = 0
  /// Memory of messages that no handler has read, of all connections, in bytes.
  var unreadBytes = 0
  private(set) var isDraining = false
  private var drained: CheckedContinuation<Void, Never>?
  private var drainTimer: TimerID?

  init(reactor: Reactor, core: ServerCore) {
    self.reactor = reactor
    self.core = core
    limits = core.limits
    routes = core.routes
    persons = core.persons
    interceptors = core.interceptors
    trustsEveryone = core.configuration.tls == nil && core.configuration.trustPlaintextPeers
  }

  // MARK: Listening

  /// - Parameter joining: another listener of this server has the port already. The first one takes it only when nobody has it, so
  ///   that a second process cannot slip in beside a running one and take half of its calls.
  /// - Returns: the address with its real port.
  func listen(on address: SocketAddress, joining: Bool) throws -> SocketAddress {
    let descriptor = socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SystemError("socket") }
    do {
      let bound = try ReactorServer.bind(descriptor, address, joining: joining)
      watch = try reactor.watch(descriptor, .read, handler: self)
      listener = descriptor
      return bound
    } catch {
      Glibc.close(descriptor)
      throw error
    }
  }

  private static func bind(_ descriptor: Int32, _ address: SocketAddress, joining: Bool) throws -> SocketAddress {
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
    // Linux looks at the option when a socket binds: the first binds without it, and gets it for those that join.
    func share() throws {
      guard setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, size) == 0 else { throw SystemError("setsockopt") }
    }
    if joining { try share() }
    guard address.withSockaddr({ Glibc.bind(descriptor, $0, $1) }) == 0 else { throw SystemError("bind \(address)") }
    if !joining { try share() }
    guard Glibc.listen(descriptor, listenBacklog) == 0 else { throw SystemError("listen") }
    return try SocketAddress.of { getsockname(descriptor, $0, $1) }
  }

  func ready(_ readiness: Readiness) {
    for _ in 0..<ReactorServer.acceptsPerTurn {
      var descriptor: Int32 = -1
      do {
        let peer = try SocketAddress.of { address, size in
          descriptor = chengyun_accept(listener, address, size)
          return descriptor
        }
        accepted(descriptor, from: peer)
      } catch {
        if descriptor >= 0 { Glibc.close(descriptor) }
        if let error = error as? SystemError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errno) { pause() }
        return  // EAGAIN, or a connection that was gone again
      }
    }
  }

  private func accepted(_ descriptor: Int32, from peer: SocketAddress) {
    guard core.connectionCount.add(1, ordering: .relaxed).newValue <= limits.maxConnections else {
      core.connectionCount.subtract(1, ordering: .relaxed)
      Glibc.close(descriptor)
      return tellRefusal()
    }
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    let connection = ServerConnection(server: self, descriptor: descriptor, address: "\(peer)")
    connections[ObjectIdentifier(connection)] = connection
    connection.start()
  }

  /// A flood of connections is not to become one of log lines.
  private func tellRefusal() {
    refusals += 1
    guard refusals == 1 else { return }
    reactor.schedule(after: ReactorServer.refusalPace) { [self] in
      core.logger.warning(
        "connections refused: the limit is reached", metadata: ["count": "\(refusals)", "limit": "\(limits.maxConnections)"])
      refusals = 0
    }
  }

  private func pause() {
    guard let watch else { return }
    try? reactor.change(watch, to: [])
    core.logger.error("out of file descriptors: accepting pauses")
    reactor.schedule(after: ReactorServer.pauseWhenExhausted) { [self] in
      if let watch = self.watch { try? reactor.change(watch, to: .read) }
    }
  }

  // MARK: What connections and streams report

  func connectionClosed(_ connection: ServerConnection, _ reason: RPCError) {
    core.connectionCount.subtract(1, ordering: .relaxed)
    connections[ObjectIdentifier(connection)] = nil
    // Who doesn't get through the handshake is worth a line: a foreign certificate looks like this.
    let level: Logger.Level = connection.wasAccepted ? .debug : .info
    core.logger.log(level: level, "connection closed", metadata: ["peer": "\(connection.address)", "reason": "\(reason)"])
    finishDrainWhenEmpty()
  }

  func handlerStarted() { runningHandlers += 1 }

  func handlerEnded() {
    runningHandlers -= 1
    if isDraining { finishDrainWhenEmpty() }
  }

  /// The status of a call whose handler threw. What we don't know stays in the log; the caller gets its incident number.
  func status(of error: any Error, _ call: CallContext) -> RPCError {
    if let error = error as? RPCError {
      return error.code == .ok ? RPCError(.internal, "The handler failed with the status OK.") : error
    }
    if error is CancellationError { return RPCError(.cancelled, "The call was cancelled.") }
    let (told, incident) = RPCError.incident()
    core.logger.error(
      "call failed", metadata: ["incident": "\(incident)", "method": "\(call.method)", "peer": "\(call.peer.address)", "error": "\(error)"])
    return told
  }

  // MARK: Drain

  /// Stops listening and waits until all connections are closed and all handlers have ended.
  func drain(grace: Duration) async {
    stopListening()
    guard !isDraining else { return }
    isDraining = true
    for connection in Array(connections.values) { connection.sayFarewell() }
    guard !connections.isEmpty || runningHandlers > 0 else { return }
    drainTimer = reactor.schedule(after: grace) { [self] in graceIsOver() }
    await withCheckedContinuation { drained = $0 }
  }

  private func stopListening() {
    guard let watch else { return }
    reactor.unwatch(watch)
    self.watch = nil
    Glibc.close(listener)
    listener = -1
  }

  private func graceIsOver() {
    drainTimer = reactor.schedule(after: ReactorServer.handlerGrace) { [self] in
      if runningHandlers > 0 { core.logger.error("handlers ignore their cancellation", metadata: ["count": "\(runningHandlers)"]) }
      finishDrain()
    }
    for connection in Array(connections.values) { connection.close(RPCError(.unavailable, "The server is going away.")) }
  }

  private func finishDrainWhenEmpty() {
    if isDraining, connections.isEmpty, runningHandlers == 0 { finishDrain() }
  }

  private func finishDrain() {
    if let drainTimer { reactor.cancel(drainTimer) }
    drainTimer = nil
    drained?.resume()
    drained = nil
  }
}
