internal import CityModel
internal import Events
internal import Postgres

/// The two generations of projections, the cursors up to which each has taken in the logs, and the switch between them.
///
/// Whoever writes into the counted generation holds its source's cursor, and the switch takes all of these cursors: so nobody writes
/// across a switch. Whoever writes aside holds the row of `projections` in share mode and names its rebuild's number: so nobody writes on
/// behalf of a rebuild from which another one has taken over.
enum ProjectionStore {
  /// The name of the cursor with which a rebuild reads a source's log.
  static func cursor(of source: String, rebuild: Int64) -> String { "\(source)@\(rebuild)" }

  static let newestFact: SQL = """
    SELECT max(at) FROM (
      SELECT max(counted_at) AS at FROM case_figures UNION ALL SELECT max(counted_at) FROM report_figures) newest
    """

  /// Begins a rebuild: takes over from whoever is rebuilding, and empties what was made aside. Returns the rebuild's number.
  static func begin(in database: Database) async throws -> Int64 {
    try await database.transaction(retrySerialization: 3) { transaction in
      // Cursors come before the row of `projections`, as in every transaction.
      let begun = try await transaction.pipeline([forgetCursors, nextRebuild])
      try await transaction.commit(after: [try await emptyingAside(transaction)])
      return try begun[1][0][0, Int64.self]
    }
  }

  /// Until the transaction's end this rebuild is the one that may write aside.
  static func claimAside(_ rebuild: Int64, in transaction: Transaction) async throws {
    let current = try await transaction.query("SELECT rebuild FROM projections FOR SHARE")[0][0, Int64.self]
    guard current == rebuild else { throw RebuildTakenOver() }
  }

  /// How far a rebuild has read.
  static func positions(of rebuild: Int64, _ sources: [String], in database: Database) async throws -> [String: EventPosition] {
    let rows = try await database.atomically([
      "SELECT rebuild FROM projections", cursors(sources.map { cursor(of: $0, rebuild: rebuild) }),
    ])
    guard try rows[0][0][0, Int64.self] == rebuild else { throw RebuildTakenOver() }
    return try decode(rows[1])
  }

  /// Lets what was made aside be counted, and the standing consumers go on from where it was read to. Nothing happens unless it has read
  /// at least as far as they have: figures never go back.
  /// - Returns: whether it is counted now.
  static func change(to rebuild: Int64, _ sources: [String], in database: Database) async throws -> Bool {
    let isChanged = try await database.transaction(retrySerialization: 3) { transaction in
      // In the order of their names, as nobody else holds more than one.
      let counted = try decode(try await transaction.query("\(fragment: cursors(sources)) ORDER BY source FOR UPDATE"))
      let names = sources.map { cursor(of: $0, rebuild: rebuild) }
      let aside = try decode(try await transaction.query("\(fragment: cursors(names)) ORDER BY source FOR UPDATE"))
      let current = try await transaction.query("SELECT rebuild FROM projections FOR UPDATE")[0][0, Int64.self]
      guard current == rebuild else { throw RebuildTakenOver() }
      var statements: [SQL] = []
      for source in sources {
        let reached = aside[cursor(of: source, rebuild: rebuild)] ?? .start
        guard reached >= counted[source] ?? .start else { return false }
        statements.append(move(source, to: reached))
      }
      // With a number of its own, so that nobody writes aside any more.
      statements += ["UPDATE projections SET generation = 1 - generation", nextRebuild, forgetCursors]
      try await transaction.commit(after: statements)
      return true
    }
    // What was counted before is of no use any more. Should this process die here, the next rebuild empties it.
    if isChanged { try await forgetAside(of: rebuild + 1, in: database) }
    return isChanged
  }

  private static func forgetAside(of rebuild: Int64, in database: Database) async throws {
    try await database.transaction { transaction in
      let current = try await transaction.query("SELECT rebuild FROM projections FOR UPDATE")[0][0, Int64.self]
      guard current == rebuild else { return }
      try await transaction.commit(after: [try await emptyingAside(transaction)])
    }
  }

  /// In the order in which the views name their tables, so that it and a query never wait for each other.
  private static func emptyingAside(_ transaction: Transaction) async throws -> SQL {
    let aside = try await transaction.query("SELECT \(fragment: Generation.aside.sql)")[0][0, Int16.self]
    return aside == 0
      ? "TRUNCATE case_facts_0, case_answers_0, case_steps_0, report_facts_0"
      : "TRUNCATE case_facts_1, case_answers_1, case_steps_1, report_facts_1"
  }

  private static func move(_ source: String, to position: EventPosition) -> SQL {
    let number = TransactionNumber(rawValue: position.transaction)
    return """
      INSERT INTO event_cursors (source, xid, id) VALUES (\(source), \(number), \(position.sequence))
      ON CONFLICT (source) DO UPDATE SET xid = excluded.xid, id = excluded.id, moved_at = clock_timestamp()
      """
  }

  private static let nextRebuild: SQL = "UPDATE projections SET rebuild = rebuild + 1 RETURNING rebuild"
  private static let forgetCursors: SQL = "DELETE FROM event_cursors WHERE source LIKE '%@%'"

  private static func cursors(_ names: [String]) -> SQL {
    "SELECT source, xid, id FROM event_cursors WHERE source = ANY (\(names))"
  }

  private static func decode(_ rows: Rows) throws -> [String: EventPosition] {
    Dictionary(
      uniqueKeysWithValues: try rows.map { row in
        let (source, transaction, sequence) = try row.decode(String.self, TransactionNumber.self, Int64.self)
        return (source, EventPosition(transaction: transaction.rawValue, sequence: sequence))
      })
  }
}

/// Another rebuild was begun: this one has no place to write any more.
struct RebuildTakenOver: Error {}
