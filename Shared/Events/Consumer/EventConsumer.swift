internal import CommonAPI
public import EventsAPI
public import Logging
public import Postgres
internal import RPC
internal import Reactor
internal import Synchronization

/// Applies another service's events here: each once, in the log's order, however often either side fails.
///
/// Events and the cursor change in one transaction. Several replicas may run the same consumer: the cursor is locked and compared in that
/// transaction, and whoever was overtaken begins again where the cursor stands.
public final class EventConsumer: Sendable {
  /// After a failure: 100 ms, doubled up to 10 s.
  private static let firstPause = Duration.milliseconds(100)
  private static let longestPause = Duration.seconds(10)
  /// A waiter looks at the stored cursor at least this often, in case that another replica moved it and could not tell: 500 ms.
  private static let lookAgain = Duration.milliseconds(500)

  /// The cursor is stored so long after events of other types have moved it, unless one of ours comes before: 1 s.
  private static let idleSave = Duration.seconds(1)

  /// The service whose events are consumed, for instance "intake".
  public let source: String
  private let client: EventsClient
  private let types: [String]
  private let database: Database
  private let batchSize: Int
  private let logger: Logger
  private let apply: @Sendable ([RecordedEvent], Transaction) async throws -> Void
  private let bell: Bell
  /// The furthest position that is known to be applied.
  private let reached = Mutex(EventPosition.start)

  /// - Parameters:
  ///   - types: empty means all.
  ///   - batchSize: events of one transaction at most, 1 to 2,000.
  ///   - apply: takes effect through the transaction only. When it throws, the batch is tried again later. When it throws
  ///     `UnreadableFact`, what stands before that fact takes effect, and the consumer stands still at it until somebody helps.
  public init(
    source: String, client: EventsClient, types: [String] = [], database: Database, batchSize: Int = 500, logger: Logger,
    apply: @escaping @Sendable ([RecordedEvent], Transaction) async throws -> Void
  ) {
    precondition((1...EventLog.batchLimit).contains(batchSize))
    self.source = source
    self.client = client
    self.types = types
    self.database = database
    self.batchSize = batchSize
    self.logger = logger
    self.apply = apply
    bell = Bell(database: database, channel: EventCursor.channel)
  }

  /// Until the task is cancelled.
  public func run() async throws {
    var pause = Self.firstPause
    while true {
      try Task.checkCancellation()
      do {
        let progressed = Atomic(false)
        defer { if progressed.load(ordering: .relaxed) { pause = Self.firstPause } }
        try await consume { progressed.store(true, ordering: .relaxed) }
      } catch is Overtaken {
        continue
      } catch {
        try Task.checkCancellation()
        tell(error, pause)
        try await Reactor.sleep(for: pause)
        pause = min(Self.longestPause, pause * 2)
      }
    }
  }

  private func tell(_ error: any Error, _ pause: Duration) {
    if let fact = error as? UnreadableFact {
      logger.error(
        "events of \(source): stopped at a fact that cannot be read; trying again in \(pause)",
        metadata: ["position": "\(fact.position)", "type": "\(fact.type)", "problem": "\(fact.problem)"])
    } else {
      logger.warning("events of \(source): trying again in \(pause)", metadata: ["error": "\(error)"])
    }
  }

  /// One subscription, until it breaks or the task is cancelled: one task receives, the other applies what has come meanwhile.
  private func consume(progressed: @escaping @Sendable () -> Void) async throws {
    let start = try await EventCursor.position(of: source, in: database)
    note(start)
    let inbox = EventInbox(limit: batchSize)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.receive(after: start, into: inbox) }
      group.addTask { try await self.apply(from: inbox, after: start, progressed) }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func receive(after start: EventPosition, into inbox: EventInbox) async throws {
    var position = start
    let request = SubscribeRequest(after: start.wire, types: types, follow: true, batchSize: Int32(batchSize))
    try await client.subscribe(request, CallOptions(timeout: nil)) { batch in
      let next = batch.position.map { EventPosition($0) } ?? position
      guard next > position else { return }
      position = next
      try await inbox.put(EventInbox.Delivery(events: try batch.events.map(recorded), position: next))
    }
    // The other service is shutting down: it ended the stream in good order.
    throw RPCError(.unavailable, "The subscription ended.")
  }

  private func recorded(_ wire: Event) throws -> RecordedEvent {
    guard let event = RecordedEvent(wire) else { throw RPCError(.internal, "An event of \(source) has no position or no subject.") }
    return event
  }

  private func apply(from inbox: EventInbox, after start: EventPosition, _ progressed: () -> Void) async throws {
    var cursor = LazyCursor(start)
    while true {
      let delivery = try await inbox.take(within: cursor.unsaved(at: .now()).map { max(.zero, Self.idleSave - $0) })
      let events = delivery?.events ?? []
      cursor.position = delivery?.position ?? cursor.position
      if !events.isEmpty || cursor.unsaved(at: .now()) ?? .zero >= Self.idleSave {
        try await takeReadable(events, from: cursor.stored, to: cursor.position)
        cursor.stored = cursor.position
      }
      note(cursor.position)
      progressed()
    }
  }

  /// Events of other types move the position, but a transaction of its own for each would be waste.
  private struct LazyCursor {
    /// As the database has it.
    var stored: EventPosition { didSet { unsavedSince = nil } }
    var position: EventPosition { didSet { if position > stored { unsavedSince = unsavedSince ?? .now() } } }
    private var unsavedSince: MonotonicTime?

    init(_ start: EventPosition) { (stored, position) = (start, start) }

    func unsaved(at now: MonotonicTime) -> Duration? { unsavedSince?.duration(to: now) }
  }

  /// An unreadable fact holds up what comes after it, not what comes before.
  private func takeReadable(_ events: [RecordedEvent], from position: EventPosition, to next: EventPosition) async throws {
    do {
      try await take(events, from: position, to: next)
    } catch let fact as UnreadableFact {
      let readable = Array(events.prefix { $0.position < fact.position })
      if let last = readable.last { try await take(readable, from: position, to: last.position) }
      throw fact
    }
  }

  private func take(_ events: [RecordedEvent], from position: EventPosition, to next: EventPosition) async throws {
    try await database.transaction(planning: .once) { transaction in
      guard try await EventCursor.lock(source, in: transaction) == position else { throw Overtaken() }
      if !events.isEmpty { try await apply(events, transaction) }
      try await transaction.commit(after: [EventCursor.move(source, to: next)])
    }
  }

  /// Another replica has moved the cursor.
  private struct Overtaken: Error {}

  // MARK: Waiting

  /// Returns once the source's events up to `position` have been applied here, by this process or another one; with the position that was
  /// reached.
  /// - Throws: `CancellationError`, also when a call's deadline cancels the task.
  @discardableResult
  public func waitUntil(_ position: EventPosition) async throws -> EventPosition {
    while true {
      try Task.checkCancellation()
      let rings = bell.rings
      if let enough = reachedPosition(atLeast: position) { return enough }
      note(try await EventCursor.position(of: source, in: database))
      if let enough = reachedPosition(atLeast: position) { return enough }
      await bell.wait(after: rings, atMost: Self.lookAgain)
    }
  }

  private func reachedPosition(atLeast position: EventPosition) -> EventPosition? {
    reached.withLock { $0 >= position ? $0 : nil }
  }

  private func note(_ position: EventPosition) {
    let moved = reached.withLock { reached in
      guard position > reached else { return false }
      reached = position
      return true
    }
    if moved { bell.ring() }
  }
}
