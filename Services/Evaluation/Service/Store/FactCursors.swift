internal import CityModel
internal import Events
internal import Postgres

/// How far the logs are taken in, for a rebuild and for whoever asks how fresh the figures are.
enum FactCursors {
  /// Every log from its beginning again.
  static let reset: SQL = "UPDATE event_cursors SET xid = '0', id = 0, moved_at = clock_timestamp()"

  static let newestFact: SQL = """
    SELECT max(at) FROM (SELECT max(filed_at) AS at FROM case_facts UNION ALL SELECT max(reported_at) FROM report_facts) newest
    """

  static func positions(in database: Database) async throws -> [String: EventPosition] {
    let rows = try await database.query("SELECT source, xid, id FROM event_cursors")
    return Dictionary(
      uniqueKeysWithValues: try rows.map { row in
        let (source, transaction, sequence) = try row.decode(String.self, TransactionNumber.self, Int64.self)
        return (source, EventPosition(transaction: transaction.rawValue, sequence: sequence))
      })
  }
}
