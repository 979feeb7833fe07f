internal import Postgres

/// How far this service has applied another one's events.
enum EventCursor {
  /// The channel that is told when a cursor has moved.
  static let channel = "event_cursors"

  static func position(of source: String, in database: Database) async throws -> EventPosition {
    let rows = try await database.query("SELECT xid, id FROM event_cursors WHERE source = \(source)")
    guard let (transaction, sequence) = try rows.first?.decode(TransactionNumber.self, Int64.self) else { return .start }
    return EventPosition(transaction: transaction.rawValue, sequence: sequence)
  }

  /// Locks the cursor until the transaction ends, and says where it stands: whoever finds it elsewhere than expected was overtaken.
  static func lock(_ source: String, in transaction: Transaction) async throws -> EventPosition {
    let start = TransactionNumber(rawValue: EventPosition.start.transaction)
    let rows = try await transaction.pipeline([
      """
      INSERT INTO event_cursors (source, xid, id) VALUES (\(source), \(start), \(EventPosition.start.sequence))
      ON CONFLICT (source) DO NOTHING
      """,
      "SELECT xid, id FROM event_cursors WHERE source = \(source) FOR UPDATE",
    ])
    let (number, sequence) = try rows[1][0].decode(TransactionNumber.self, Int64.self)
    return EventPosition(transaction: number.rawValue, sequence: sequence)
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
