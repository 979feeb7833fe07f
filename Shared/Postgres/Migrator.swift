internal import Reactor

/// One step of a schema's history. Once released it is never changed.
public struct Migration: Sendable, Hashable {
  /// For instance `0001_events`: a group's prefix and number sort it; it is recorded.
  public let name: String
  /// Statements, separated by semicolons, without BEGIN and COMMIT.
  public let script: String

  public init(name: String, script: String) {
    self.name = name
    self.script = script
  }

  /// From a resource that SwiftPM embedded: `Migration(name: "0001_events", PackageResources._0001_events_sql)`.
  public init(name: String, _ bytes: [UInt8]) {
    self.init(name: name, script: String(decoding: bytes, as: UTF8.self))
  }

  /// FNV-1a, 64 bits: it notices a changed script; nobody has to be kept from forging one.
  var checksum: Int64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in script.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return Int64(bitPattern: hash)
  }
}

/// Brings the current schema up to date: each migration once, in order, in a transaction of its own, by one process at a time.
///
/// A migration that was changed after it had run is refused, and so is a schema that holds migrations which this program does not know: a
/// newer program made them.
public struct Migrator: Sendable {
  /// Any constant; the schema's OID is the other half of the lock.
  private static let lockSpace: Int32 = 0x6368_7967

  private let database: Database
  private let migrations: [Migration]

  public init(_ database: Database, _ migrations: [Migration]) {
    precondition(Set(migrations.map(\.name)).count == migrations.count, "two migrations of the same name")
    self.database = database
    self.migrations = migrations
  }

  /// - Throws: `PostgresError`, of the kind `migration` when the program and the schema don't fit.
  public func run() async throws {
    for migration in try await pending() {
      do {
        try await apply(migration)
      } catch let error as PostgresError where error.kind == .server {
        throw PostgresError(
          .migration, "migration \(migration.name): \(error.message ?? "\(error)")", sqlState: error.sqlState, table: error.table)
      }
    }
  }

  /// What has not run yet.
  public func pending() async throws -> [Migration] {
    try await database.transaction { transaction in
      try await prepare(transaction)
      return try await unapplied(transaction)
    }
  }

  private func apply(_ migration: Migration) async throws {
    try await database.transaction { transaction in
      try await prepare(transaction)
      // Another process may have been quicker while this one waited for the lock.
      guard try await unapplied(transaction).contains(migration) else { return }
      try await transaction.runScript(migration.script)
      try await transaction.commit(after: [
        "INSERT INTO schema_migrations (name, checksum) VALUES (\(migration.name), \(migration.checksum))"
      ])
    }
  }

  private func prepare(_ transaction: Transaction) async throws {
    try await transaction.pipeline([
      "SET LOCAL statement_timeout = 0",
      "SET LOCAL client_min_messages = warning",
      "SELECT pg_advisory_xact_lock(\(Self.lockSpace), current_schema()::regnamespace::oid::int)",
      """
      CREATE TABLE IF NOT EXISTS schema_migrations (
        name text PRIMARY KEY,
        checksum bigint NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
      )
      """,
    ])
  }

  private func unapplied(_ transaction: Transaction) async throws -> [Migration] {
    let rows = try await transaction.query("SELECT name, checksum FROM schema_migrations")
    var applied: [String: Int64] = [:]
    for (name, checksum) in try rows.decode(String.self, Int64.self) { applied[name] = checksum }
    for migration in migrations {
      if let checksum = applied[migration.name], checksum != migration.checksum {
        throw PostgresError(
          .migration, "migration \(migration.name) was changed after it had run: undo the change and write a new migration")
      }
    }
    let known = Set(migrations.map(\.name))
    let unknown = applied.keys.filter { !known.contains($0) }.sorted()
    guard unknown.isEmpty else {
      throw PostgresError(
        .migration, "the schema was migrated by a newer program (\(unknown.joined(separator: ", "))): start that one, or a newer one")
    }
    return migrations.filter { applied[$0.name] == nil }
  }
}
