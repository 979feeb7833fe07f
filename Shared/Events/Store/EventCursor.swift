internal import Postgres

/// How far this service has applied another one's events.
enum EventCursor {
  /// The channel that is told when a cursor has moved.
  static let channel = "event_cursors"

  static func position(of source: String, in database: Database) async throws -> EventPosition {
    try position(await database.query("SELECT xid, id FROM event_cursors WHERE source = \(source)")) ?? .start
  }

  /// Locks the cursor until the transaction ends, and says where it stands: whoever finds it elsewhere than expected was overtaken.
  static func lock(_ source: String, in transaction: Transaction) async throws -> EventPosition {
    let known = try await transaction.query(locked(source))
    if let position = try position(known) { return position }
    let start = TransactionNumber(rawValue: EventPosition.start.transaction)
    let rows = try await transaction.pipeline([
      """
      INSERT INTO event_cursors (source, xid, id) VALUES (\(source), \(start), \(EventPosition.start.sequence))
      ON CONFLICT (source) DO NOTHING
      """,
      locked(source),
    ])
    return try position(rows[1]) ?? .start
  }

  private static func locked(_ source: String) -> SQL {
    "SELECT xid, id FROM event_cursors WHERE source = \(source) FOR UPDATE"
  }

  private static func position(_ rows: Rows) throws -> EventPosition? {
    guard let (transaction, sequence) = try rows.first?.decode(TransactionNumber.self, Int64.self) else { return nil }
    return EventPosition(transaction: transaction.rawValue, sequence: sequence)
  }

  static func move(_ source: String, to position: EventPosition) -> SQL {
    let sql: SQL = """
      UPDATE event_cursors
      SET xid = \(TransactionNumber(rawValue: position.transaction)), id = \(position.sequence), moved_at = clock_timestamp()
      WHERE source = \(source)
      """
    return sql.announcing(channel)
  }
}
