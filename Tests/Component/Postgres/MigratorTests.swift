import Postgres
import TestKit
import Testing

@Suite(.timeLimit(.minutes(5)))
struct MigratorTests {
  private static let first = Migration(name: "0001_first", script: "CREATE TABLE a (id bigint); INSERT INTO a VALUES (1); -- done\n")
  private static let second = Migration(
    name: "0002_second",
    script: "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS $$ SELECT 1::bigint; $$; ALTER TABLE a ADD COLUMN note text;")

  @Test func `each runs once, in order`() async throws {
    try await withDatabase { test in
      let migrator = Migrator(test.database, [Self.first, Self.second])
      #expect(try await migrator.pending().map(\.name) == ["0001_first", "0002_second"])
      try await migrator.run()
      try await migrator.run()
      #expect(try await migrator.pending().isEmpty)
      #expect(try await test.database.query("SELECT id, note, f() FROM a").count == 1)
    }
  }

  @Test func `a failing one leaves nothing, and those before it stay`() async throws {
    try await withDatabase { test in
      let broken = Migration(name: "0002_broken", script: "CREATE TABLE b (id bigint); SELECT nonsense;")
      let error = await #expect(throws: PostgresError.self) { try await Migrator(test.database, [Self.first, broken]).run() }
      #expect(error?.kind == .migration)
      #expect(error?.description.contains("0002_broken") == true)
      let tables = try await test.database.query("SELECT to_regclass('a') IS NOT NULL, to_regclass('b') IS NULL")
      #expect(try tables[0].decode(Bool.self, Bool.self) == (true, true))
      try await Migrator(test.database, [Self.first, Self.second]).run()
    }
  }

  @Test func `a changed one and an unknown one are refused`() async throws {
    try await withDatabase([Self.first, Self.second]) { test in
      let changed = Migration(name: "0001_first", script: "CREATE TABLE c (id bigint)")
      let error = await #expect(throws: PostgresError.self) { try await Migrator(test.database, [changed, Self.second]).run() }
      #expect(error?.description.contains("0001_first") == true)
      let older = await #expect(throws: PostgresError.self) { try await Migrator(test.database, [Self.first]).run() }
      #expect(older?.description.contains("0002_second") == true)
    }
  }

  @Test func `replicas that start together migrate once`() async throws {
    try await withDatabase { test in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<6 { group.addTask { try await Migrator(test.database, [Self.first, Self.second]).run() } }
        try await group.waitForAll()
      }
      #expect(try await test.database.query("SELECT count(*) FROM a")[0][0, Int.self] == 1)
    }
  }
}
