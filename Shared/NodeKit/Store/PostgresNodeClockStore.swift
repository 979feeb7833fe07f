// The node's clock in the service's own schema: one row in node_clock.
internal import CityModel
internal import Postgres

struct PostgresNodeClockStore: NodeClockStore {
  /// Told after each change, so that the service's other replicas reload.
  static let channel = "node_clock"

  let database: Database

  func load() async throws -> StoredClock {
    try decode(try await database.query("SELECT version, driven_to FROM node_clock"))
      ?? StoredClock(version: 0, standing: nil)
  }

  /// The row decides, so that two who drive at once cannot turn it back.
  func drive(to instant: Instant) async throws -> StoredClock? {
    let statement: SQL = """
      INSERT INTO node_clock AS clock (version, driven_to) VALUES (1, \(instant))
      ON CONFLICT (only_row) DO UPDATE SET version = clock.version + 1, driven_to = excluded.driven_to
      WHERE clock.driven_to IS NULL OR clock.driven_to <= excluded.driven_to
      RETURNING version, driven_to
      """
    return try decode(try await database.query(statement.announcing(Self.channel)))
  }

  func release() async throws -> StoredClock {
    let statement: SQL = """
      INSERT INTO node_clock AS clock (version, driven_to) VALUES (1, NULL)
      ON CONFLICT (only_row) DO UPDATE SET version = clock.version + 1, driven_to = NULL
      RETURNING version, driven_to
      """
    guard let stored = try decode(try await database.query(statement.announcing(Self.channel))) else {
      preconditionFailure("an upsert without condition returns its row")
    }
    return stored
  }

  private func decode(_ rows: Rows) throws -> StoredClock? {
    guard let row = rows.first else { return nil }
    let (version, standing) = try row.decode(Int64.self, Instant?.self)
    return StoredClock(version: version, standing: standing)
  }
}
