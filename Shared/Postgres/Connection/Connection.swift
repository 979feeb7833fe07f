internal import CLibpq
import DequeModule
import Reactor

/// Whoever keeps a connection hears from it. All calls are on the connection's reactor.
protocol ConnectionOwner: AnyObject {
  func connectionOpened(_ connection: Connection)
  /// A batch has been answered.
  func connectionProgressed(_ connection: Connection)
  /// It is closed; whoever waited on it has been told. `wasOpen` is false when it never came to stand.
  func connectionLost(_ connection: Connection, _ error: PostgresError, wasOpen: Bool)
  func connection(_ connection: Connection, received notification: String, ownNotification: Bool)
}

/// One PGconn in pipeline mode, driven by its reactor and confined to it.
///
/// Life: opening → ready ⇄ (simple | copying) → closed. While ready it carries batches, whose results come back in order. Scripts and COPY
/// are not possible in pipeline mode (libpq 15 manual §34.5.1), so for them an idle connection leaves it for a while.
final class Connection: ReadinessHandler, EndOfTurnWork {
  enum State {
    case opening
    case ready
    case simple(SimpleRun)
    case closed
  }

  let slot: Int
  let reactor: Reactor
  let configuration: DatabaseConfiguration
  let purpose: ConnectionPurpose
  /// It lets go of the connection when that is closed, and until then they hold each other.
  let owner: any ConnectionOwner

  var state = State.opening
  var handle: OpaquePointer?
  private var watch: Watch?
  private var interest: Interest = []
  var connectTimer: TimerID?
  private var sent = Deque<SentBatch>()
  private var steps = Deque<Step>()
  private var cache: StatementCache
  private var queuedForFlush = false

  init(slot: Int, purpose: ConnectionPurpose, reactor: Reactor, configuration: DatabaseConfiguration, owner: any ConnectionOwner) {
    self.slot = slot
    self.reactor = reactor
    self.configuration = configuration
    self.purpose = purpose
    self.owner = owner
    cache = StatementCache(limit: configuration.preparedLimit)
  }

  deinit {
    if let handle { PQfinish(handle) }
  }

  var isIdle: Bool { if case .ready = state { sent.isEmpty } else { false } }
  var isReady: Bool { if case .ready = state { true } else { false } }
  var isClosed: Bool { if case .closed = state { true } else { false } }

  // MARK: Batches

  /// Sends the batch now; libpq keeps what the socket does not take. The completion is called exactly once.
  func send(_ batch: consuming Batch) {
    guard case .ready = state, let handle else {
      var failed = SentBatch(completion: batch.completion)
      failed.failure = PostgresError(.connectionLost, "the connection is closed")
      return failed.complete()
    }
    sent.append(SentBatch(completion: batch.completion))
    var accepted = true
    if let opening = batch.opening { accepted = sendText(opening, .silent, handle) }
    for statement in batch.statements where accepted { accepted = send(statement, handle) }
    if accepted, let closing = batch.closing { accepted = sendText(closing, .execute(0), handle) }
    steps.append(.synchronisation)
    guard accepted, PQpipelineSync(handle) == 1 else { return lose(.lost(handle)) }
    flushAtEndOfTurn()
  }

  private func send(_ statement: SQL, _ handle: OpaquePointer) -> Bool {
    let parameters = statement.parameters
    let plan = cache.plan(for: StatementCache.Key(text: statement.text, types: parameters.types))
    var number = 0
    switch plan {
    case .execute(let known): number = known
    case .sendText: break
    case .prepare(let new, let forgotten):
      number = new
      if let forgotten, !sendText("DEALLOCATE s\(forgotten)", .silent, handle) { return false }
      steps.append(.prepare(new))
      guard PQsendPrepare(handle, "s\(new)", statement.text, Int32(parameters.count), parameters.types) == 1 else { return false }
    }
    steps.append(.execute(number))
    return parameters.withPointers { values, lengths, formats in
      number == 0
        ? PQsendQueryParams(handle, statement.text, Int32(parameters.count), parameters.types, values, lengths, formats, 1) == 1
        : PQsendQueryPrepared(handle, "s\(number)", Int32(parameters.count), values, lengths, formats, 1) == 1
    }
  }

  private func sendText(_ text: String, _ step: Step, _ handle: OpaquePointer) -> Bool {
    steps.append(step)
    return PQsendQueryParams(handle, text, 0, nil, nil, nil, nil, 1) == 1
  }

  // MARK: The reactor's side

  func flushAtEndOfTurn() {
    guard !queuedForFlush else { return }
    queuedForFlush = true
    reactor.atEndOfTurn(self)
  }

  func endOfTurn() {
    queuedForFlush = false
    flush()
  }

  /// Pushes what is queued; asks for writability when the socket is full. False when the connection is lost.
  @discardableResult
  func flush() -> Bool {
    guard let handle, !isClosed else { return false }
    switch PQflush(handle) {
    case 0: want(.read)
    case 1: want([.read, .write])
    default:
      lose(.lost(handle))
      return false
    }
    return true
  }

  func ready(_ readiness: Readiness) {
    if case .opening = state { return pollOpening() }
    guard let handle else { return }
    if !readiness.isDisjoint(with: [.read, .hangup, .error]), PQconsumeInput(handle) != 1 {
      let error = PostgresError.lost(handle)
      // What the server said before it hung up is still worth reading: it tells why. That may close the connection already.
      drain()
      return lose(error)
    }
    if readiness.contains(.write), !flush() { return }
    drain()
    deliverNotifications()
  }

  private func drain() {
    switch state {
    case .ready: drainPipeline()
    case .simple(let run): proceed(run)
    case .opening, .closed: break
    }
  }

  private func drainPipeline() {
    var ends = 0  // nil separates the results of two commands; two in a row mean that there is nothing more
    while let handle, isReady, !steps.isEmpty, PQisBusy(handle) == 0, ends < 2 {
      guard let result = PQgetResult(handle) else {
        ends += 1
        continue
      }
      ends = 0
      take(ResultOwner(result))
    }
    if let handle, PQstatus(handle) == CONNECTION_BAD { lose(.lost(handle)) }
  }

  private func take(_ result: ResultOwner) {
    let status = PQresultStatus(result.pointer)
    let failed = status == PGRES_FATAL_ERROR
    if failed, sent[0].failure == nil {
      sent[0].failure = PostgresError(result: result.pointer)
    }
    let succeeded = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY
    switch steps[0] {
    case .prepare(let number):
      if succeeded { cache.confirm(number) } else { cache.drop(number) }
    case .execute(let number):
      if succeeded { sent[0].add(Rows(result)) } else if failed, sent[0].failure!.isStaleStatement { cache.drop(number) }
      if !succeeded, !failed, status != PGRES_PIPELINE_ABORTED {
        sent[0].failure = sent[0].failure ?? PostgresError(.decoding, "COPY is not a statement of a batch")
      }
    case .silent: break
    case .synchronisation:
      guard status == PGRES_PIPELINE_SYNC else { return }  // a FATAL error may come instead of it; the connection is lost then
      steps.removeFirst()
      sent.removeFirst().complete()
      return owner.connectionProgressed(self)
    }
    steps.removeFirst()
  }

  private func deliverNotifications() {
    while let handle, !isClosed, let notification = PQnotifies(handle) {
      let channel = String(cString: notification.pointee.relname)
      let own = notification.pointee.be_pid == PQbackendPID(handle)
      PQfreemem(notification)
      owner.connection(self, received: channel, ownNotification: own)
    }
  }

  // MARK: The descriptor

  func want(_ new: Interest) {
    guard let handle, new != interest else { return }
    do {
      if let watch {
        try reactor.change(watch, to: new)
      } else {
        watch = try reactor.watch(PQsocket(handle), new, handler: self)
      }
      interest = new
    } catch {
      lose(PostgresError(.connectionLost, "\(error)"))
    }
  }

  func unwatch() {
    if let watch { reactor.unwatch(watch) }
    watch = nil
    interest = []
  }

  // MARK: The end

  /// Closes without an error: nobody waits on it.
  func close() {
    lose(PostgresError(.closed, "the database is closed"), tellOwner: false)
  }

  /// Fails everything that waits on the connection, frees it, and tells the owner.
  func lose(_ error: PostgresError, tellOwner: Bool = true) {
    let previous = state
    if case .closed = previous { return }
    state = .closed
    unwatch()
    if let connectTimer { reactor.cancel(connectTimer) }
    connectTimer = nil
    if let handle { PQfinish(handle) }
    handle = nil
    steps.removeAll()
    let waiting = sent
    sent.removeAll()
    for var batch in waiting {
      // The one that was being answered may know better why: "terminating connection due to administrator command".
      batch.failure = batch.failure ?? error
      batch.complete()
    }
    if case .simple(let run) = previous { run.finish(failure: error) }
    var wasOpen = true
    if case .opening = previous { wasOpen = false }
    if tellOwner { owner.connectionLost(self, error, wasOpen: wasOpen) }
  }
}
