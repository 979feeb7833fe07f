public import CityModel
public import Postgres

/// This service's own facts.
public struct EventLog: Sendable {
  /// The channel that is told of new events.
  static let channel = "events"
  /// Events of one read at most: 2,000.
  public static let batchLimit = 2_000
  /// Bytes of event bodies behind which one read ends: 8 MiB.
  static let readBytes = 8 << 20

  let database: Database
  let bell: Bell

  public init(database: Database) {
    self.database = database
    bell = Bell(database: database, channel: Self.channel)
  }

  // MARK: Appending

  /// One statement that appends the events in their order; part of the transaction that makes them true. Its answer is read by
  /// `position(of:)`. Whoever follows the log is woken once that transaction has committed.
  public static func append(_ events: [NewEvent], recordedAt: Instant) -> SQL {
    let sql: SQL = """
      WITH appended AS (
        INSERT INTO events (type, subject, occurred_at, recorded_at, body)
        SELECT type, subject, occurred_at, \(recordedAt), body
        FROM unnest(\(events.map(\.type)), \(events.map(\.subject)), \(events.map(\.occurredAt)), \(events.map(\.body)))
          WITH ORDINALITY AS event (type, subject, occurred_at, body, n)
        ORDER BY n
        RETURNING id
      )
      SELECT pg_current_xact_id(), max(id) FROM appended
      """
    return sql.announcing(channel)
  }

  /// Where the last of the appended events stands; nil when there were none. For `Events.Await` of those who consume this log.
  public static func position(of appended: Rows) throws -> EventPosition? {
    let (transaction, sequence) = try appended[0].decode(TransactionNumber.self, Int64?.self)
    return sequence.map { EventPosition(transaction: transaction.rawValue, sequence: $0) }
  }

  // MARK: Reading

  /// What a reader may see now.
  public struct Page: Sendable {
    /// The events of the types asked for.
    public var events: [RecordedEvent]
    /// The log was looked through up to here, whatever the types; nil when there was nothing.
    public var position: EventPosition?
    /// Nothing readable lies behind `position`.
    public var exhausted: Bool
    /// Committed events lie behind it that must not be read yet, because an older transaction is still open and might commit events before
    /// them.
    public var held: Bool
  }

  /// The next events after `position` in the log's order, `limit` of them at most, fewer when they are long. `types` empty means all. Any
  /// open transaction of the whole PostgreSQL cluster holds back what was appended after it began; see `Page.held`.
  public func read(after position: EventPosition = .start, types: Set<String> = [], limit: Int = 500) async throws -> Page {
    let limit = min(max(1, limit), Self.batchLimit)
    // The snapshot of pg_current_snapshot is the one that decides which rows this very statement sees. The bodies' sizes are known without
    // reading them.
    let statement: SQL = """
      SELECT xid, id, type, subject, occurred_at, recorded_at, body, xid < pg_snapshot_xmin(pg_current_snapshot()), found
      FROM (
        SELECT *, count(*) OVER () AS found, sum(octet_length(body)) OVER (ORDER BY xid, id) - octet_length(body) AS bytes_before
        FROM (
          SELECT * FROM events
          WHERE (xid, id) > (\(TransactionNumber(rawValue: position.transaction)), \(position.sequence))
          ORDER BY xid, id
          LIMIT \(limit)
        ) AS next
      ) AS sized
      WHERE bytes_before < \(Self.readBytes)
      ORDER BY xid, id
      """
    let rows = try await database.atomically([statement], planning: .once)[0]
    let found = try rows.first?[8, Int64.self] ?? 0
    var page = Page(events: [], position: nil, exhausted: rows.count == found && found < limit, held: false)
    page.events.reserveCapacity(types.isEmpty ? rows.count : 0)
    for row in rows {
      guard try row[7, Bool.self] else {
        page.held = true
        page.exhausted = true
        break
      }
      let position = EventPosition(transaction: try row[0, TransactionNumber.self].rawValue, sequence: try row[1, Int64.self])
      page.position = position
      let type = try row[2, String.self]
      guard types.isEmpty || types.contains(type) else { continue }
      page.events.append(
        RecordedEvent(
          position: position, type: type, subject: try row[3, Identifier.self], occurredAt: try row[4, Instant.self],
          recordedAt: try row[5, Instant.self], body: try row[6, [UInt8].self]))
    }
    return page
  }

  /// The last position that may be read now; nil when there is none.
  public func head() async throws -> EventPosition? {
    let rows = try await database.query(
      """
      SELECT xid, id FROM events WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid DESC, id DESC LIMIT 1
      """)
    guard let (transaction, sequence) = try rows.first?.decode(TransactionNumber.self, Int64.self) else { return nil }
    return EventPosition(transaction: transaction.rawValue, sequence: sequence)
  }

  /// The last position in the log, whether it may be read yet or not.
  func lastCommitted() async throws -> EventPosition? {
    let rows = try await database.query("SELECT xid, id FROM events ORDER BY xid DESC, id DESC LIMIT 1")
    guard let (transaction, sequence) = try rows.first?.decode(TransactionNumber.self, Int64.self) else { return nil }
    return EventPosition(transaction: transaction.rawValue, sequence: sequence)
  }
}
