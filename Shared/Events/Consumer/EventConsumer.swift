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

  /// The service whose events are consumed, for instance "intake".
  public let source: String
  private let client: EventsClient
  private let types: [String]
  private let database: Database
  private let batchSize: Int32
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
    self.batchSize = Int32(batchSize)
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
        try await consume { pause = Self.firstPause }
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

  /// One subscription, until it breaks or the task is cancelled.
  private func consume(progressed: () -> Void) async throws {
    var position = try await EventCursor.position(of: source, in: database)
    note(position)
    let request = SubscribeRequest(after: position.wire, types: types, follow: true, batchSize: batchSize)
    try await client.subscribe(request, CallOptions(timeout: nil)) { batch in
      let next = batch.position.map { EventPosition($0) } ?? position
      guard next > position else { return }
      let events = try recorded(batch)
      do {
        try await take(events, from: position, to: next)
      } catch let fact as UnreadableFact {
        // It holds up what comes after it, not what comes before.
        let readable = Array(events.prefix { $0.position < fact.position })
        if let last = readable.last { try await take(readable, from: position, to: last.position) }
        throw fact
      }
      position = next
      note(next)
      progressed()
    }
    // The other service is shutting down: it ended the stream in good order.
    throw RPCError(.unavailable, "The subscription ended.")
  }

  private func recorded(_ batch: EventBatch) throws -> [RecordedEvent] {
    try batch.events.map { wire in
      guard let event = RecordedEvent(wire) else { throw RPCError(.internal, "An event of \(source) has no position or no subject.") }
      return event
    }
  }

  private func take(_ events: [RecordedEvent], from position: EventPosition, to next: EventPosition) async throws {
    try await database.transaction { transaction in
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
