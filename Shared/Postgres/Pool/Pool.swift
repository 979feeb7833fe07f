internal import Logging
import Reactor

/// The connections of one reactor, and the callers that wait for them. Confined to the reactor.
final class Pool: ConnectionOwner {
  /// What a caller gets once a connection is free for it.
  private enum Waiter {
    case shared([SQL], Batch.Completion)
    case exclusive(UnsafeContinuation<Confined<Lease>, any Error>)
  }

  let reactor: Reactor
  let configuration: DatabaseConfiguration
  private let logger: Logger
  private let announcer: Announcer
  private var machine: PoolMachine
  private var connections: [Connection?]
  private var waiters: [PoolMachine.WaiterID: Waiter] = [:]
  /// When each waiter has waited too long, in the order of their coming; some have been served meanwhile. At most twice `queueLimit`.
  private var deadlines: [(waiter: PoolMachine.WaiterID, due: MonotonicTime)] = []
  private var deadlineTimer: TimerID?
  private var lastFailure: PostgresError?
  private var whenEmpty: [() -> Void] = []

  init(reactor: Reactor, configuration: DatabaseConfiguration, announcer: Announcer, logger: Logger) {
    self.reactor = reactor
    self.configuration = configuration
    self.announcer = announcer
    self.logger = logger
    machine = PoolMachine(
      connections: configuration.connectionsPerReactor, depth: configuration.pipelineDepth, queueLimit: configuration.queueLimit)
    connections = Array(repeating: nil, count: configuration.connectionsPerReactor)
  }

  // MARK: Callers

  func query(_ statement: SQL) async throws -> Rows {
    let rows: Rows = try await serve(.shared) { .shared([statement], .single($0)) }
    announce([statement])
    return rows
  }

  func atomically(_ statements: [SQL]) async throws -> [Rows] {
    let rows: [Rows] = try await serve(.shared) { .shared(statements, .several($0)) }
    announce(statements)
    return rows
  }

  /// A connection for the caller alone, until it is given back.
  func lease() async throws -> Lease {
    let lease: Confined<Lease> = try await serve(.exclusive) { .exclusive($0) }
    return lease.value
  }

  func announce(_ statements: [SQL]) {
    for statement in statements {
      if let channel = statement.announcement { announcer.announce(channel, from: reactor) }
    }
  }

  /// Starts at once when a connection is free, else waits in the queue, and there only can the caller be cancelled. The decision is taken
  /// inside the continuation's closure: on the way there the task may have been suspended, and connections come and go meanwhile.
  private func serve<Answer>(
    _ want: PoolMachine.Want, _ makeWaiter: (UnsafeContinuation<Answer, any Error>) -> Waiter
  ) async throws -> Answer {
    assert(reactor.isCurrent, "a database is used on the reactors, by tasks that were spawned there")
    try Task.checkCancellation()
    let ticket = Ticket()
    let confined = Confined((pool: self, ticket: ticket))
    let reactor = self.reactor
    return try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { admit(makeWaiter($0), want, ticket) }
    } onCancel: {
      reactor.execute {
        confined.value.ticket.cancelled = true
        if let id = confined.value.ticket.id { confined.value.pool.abandon(id, CancellationError()) }
      }
    }
  }

  /// What the cancellation of a caller finds: where it waits, if it does.
  private final class Ticket {
    var id: PoolMachine.WaiterID?
    var cancelled = false
  }

  private func admit(_ waiter: Waiter, _ want: PoolMachine.Want, _ ticket: Ticket) {
    if ticket.cancelled { return fail(waiter, CancellationError()) }
    switch machine.request(want) {
    case .granted(let slot):
      start(waiter, on: slot)
    case .queued(let id):
      ticket.id = id
      waiters[id] = waiter
      if deadlines.count >= 2 * configuration.queueLimit { deadlines.removeAll { waiters[$0.waiter] == nil } }
      deadlines.append((id, .now().advanced(by: configuration.waitLimit)))
      armDeadlineTimer()
    case .refused:
      fail(
        waiter,
        machine.closing
          ? PostgresError(.closed, "the database is closed")
          : PostgresError(.overloaded, "\(machine.waiting) callers wait for a connection already"))
    }
    openConnections()
  }

  private func start(_ waiter: Waiter, on slot: Int) {
    // One of several that were granted at once may have found out that the connection is broken.
    guard let connection = connections[slot], connection.isReady else {
      return fail(waiter, PostgresError(.connectionLost, "the connection broke before the statement was sent"))
    }
    switch waiter {
    case .shared(let statements, let completion): connection.send(Batch(statements: statements, completion: completion))
    case .exclusive(let continuation): continuation.resume(returning: Confined(Lease(connection, of: self)))
    }
  }

  private func fail(_ waiter: Waiter, _ error: any Error) {
    switch waiter {
    case .shared(_, .single(let continuation)): continuation.resume(throwing: error)
    case .shared(_, .several(let continuation)): continuation.resume(throwing: error)
    case .shared(_, .handler(let handler)): handler(.failure(error as? PostgresError ?? PostgresError(.closed, "\(error)")))
    case .exclusive(let continuation): continuation.resume(throwing: error)
    }
  }

  private func abandon(_ id: PoolMachine.WaiterID, _ error: any Error) {
    guard machine.abandon(id), let waiter = waiters.removeValue(forKey: id) else { return }
    fail(waiter, error)
  }

  private func armDeadlineTimer() {
    guard deadlineTimer == nil else { return }
    let served = deadlines.prefix { waiters[$0.waiter] == nil }.count
    deadlines.removeFirst(served)
    guard let next = deadlines.first else { return }
    deadlineTimer = reactor.schedule(at: next.due) { [weak self] in self?.expire() }
  }

  private func expire() {
    deadlineTimer = nil
    let now = MonotonicTime.now()
    let reason = lastFailure?.message.map { "; the last attempt to connect: \($0)" } ?? ""
    let error = PostgresError(.overloaded, "no connection within \(configuration.waitLimit)\(reason)", sqlState: lastFailure?.sqlState)
    for (waiter, _) in deadlines.prefix(while: { $0.due <= now }) { abandon(waiter, error) }
    deadlines.removeFirst(deadlines.prefix { $0.due <= now }.count)
    armDeadlineTimer()
  }

  // MARK: Connections

  private func openConnections() {
    for slot in machine.slotsToOpen() {
      let connection = Connection(slot: slot, purpose: .work, reactor: reactor, configuration: configuration, owner: self)
      connections[slot] = connection
      connection.open()
    }
  }

  private func serve(_ grants: [PoolMachine.Grant]) {
    for grant in grants {
      guard let waiter = waiters.removeValue(forKey: grant.waiter) else { preconditionFailure("a grant to nobody") }
      start(waiter, on: grant.slot)
    }
  }

  func connectionOpened(_ connection: Connection) {
    lastFailure = nil
    if machine.closing { return close(connection) }
    serve(machine.opened(connection.slot))
    openConnections()
  }

  func connectionProgressed(_ connection: Connection) {
    serve(machine.answered(connection.slot))
    closeIfIdle(connection)
  }

  func connectionLost(_ connection: Connection, _ error: PostgresError, wasOpen: Bool) {
    logger.warning("database connection lost", metadata: ["error": "\(error)", "opened": "\(wasOpen)"])
    forget(connection, error, wasOpen: wasOpen)
  }

  func connection(_ connection: Connection, received notification: String, ownNotification: Bool) {}

  private func forget(_ connection: Connection, _ error: PostgresError, wasOpen: Bool) {
    connections[connection.slot] = nil
    let pause = machine.lost(connection.slot, wasOpen: wasOpen)
    if !wasOpen {
      lastFailure = error
      if Self.isHopeless(error) { for id in machine.abandonAll() { waiters.removeValue(forKey: id).map { fail($0, error) } } }
    }
    if let pause {
      reactor.schedule(after: pause) { [weak self] in
        self?.machine.pauseIsOver()
        self?.openConnections()
      }
    }
    openConnections()
    signalEmpty()
  }

  /// Trying again changes nothing: wrong password, no such role or database.
  private static func isHopeless(_ error: PostgresError) -> Bool {
    error.sqlState.map { $0.conditionClass == "28" || $0 == .unknownDatabase } ?? false
  }

  /// The end of a lease. A connection whose transaction state is not known is not used again.
  func takeBack(_ connection: Connection, reusable: Bool) {
    guard connections[connection.slot] === connection else { return }
    guard reusable, connection.isIdle else {
      close(connection)
      return
    }
    serve(machine.returned(connection.slot))
    closeIfIdle(connection)
  }

  // MARK: The end

  /// Refuses new callers, lets those under way finish, closes the connections.
  func close() async {
    for id in machine.abandonAll() {
      waiters.removeValue(forKey: id).map { fail($0, PostgresError(.closed, "the database is closed")) }
    }
    for slot in machine.close() { connections[slot].map(close) }
    if machine.isEmpty { return }
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in whenEmpty.append { continuation.resume() } }
  }

  private func closeIfIdle(_ connection: Connection) {
    if machine.isClosable(connection.slot) { close(connection) }
  }

  private func close(_ connection: Connection) {
    guard connections[connection.slot] === connection else { return }
    connection.close()
    connections[connection.slot] = nil
    _ = machine.lost(connection.slot, wasOpen: true)
    openConnections()
    signalEmpty()
  }

  private func signalEmpty() {
    guard machine.closing, machine.isEmpty else { return }
    for waiter in whenEmpty { waiter() }
    whenEmpty = []
  }
}
