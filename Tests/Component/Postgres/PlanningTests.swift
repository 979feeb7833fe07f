import Postgres
import TestKit
import Testing

@Suite(.timeLimit(.minutes(5)))
struct PlanningTests {
  private static let migrations = [Migration(name: "0001", script: "CREATE TABLE things (id bigint PRIMARY KEY, words text NOT NULL)")]

  @Test func `a plan made on an empty table still goes by the index when it has grown`() async throws {
    try await withDatabase(Self.migrations) { test async throws in
      let wanted: [Int64] = [3, 5]
      let find: SQL = "SELECT things.id FROM unnest(\(wanted)) AS w (id) JOIN things USING (id) ORDER BY 1"
      // The same connection: a transaction keeps its plans, and the pool gives the connection that it gave before.
      for _ in 0..<8 { try await test.database.transaction(planning: .once) { _ = try await $0.query(find) } }
      try await test.database.query("INSERT INTO things SELECT n, repeat('x', 100) FROM generate_series(1, 20000) AS n")
      let before = try await visited(test)
      for _ in 0..<8 {
        let found = try await test.database.transaction(planning: .once) { try await $0.query(find).column(Int64.self) }
        #expect(found == wanted)
      }
      #expect(try await visited(test) - before < 1_000, "whole tables were read")
    }
  }

  @Test func `the settings end with the transaction`() async throws {
    try await withDatabase(Self.migrations) { test async throws in
      let inside = try await test.database.transaction(planning: .once) { transaction in
        try await transaction.query("SELECT current_setting('plan_cache_mode')").column(String.self)
      }
      #expect(inside == ["force_generic_plan"])
      let outside = try await test.database.query("SELECT current_setting('plan_cache_mode')").column(String.self)
      #expect(outside == ["force_custom_plan"])
      let together = try await test.database.atomically(["SELECT current_setting('cpu_tuple_cost')"], planning: .once)
      #expect(together.count == 1)
      #expect(try together[0].column(String.self) == ["10"])
    }
  }

  /// Rows of the table that were read so far, by scan or by index. Statistics of a backend are sent when it is idle.
  private func visited(_ test: TestDatabase) async throws -> Int64 {
    try await test.database.query("SELECT pg_stat_force_next_flush()")
    return try await test.database.query(
      "SELECT (seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint FROM pg_stat_user_tables WHERE relid = 'things'::regclass"
    ).column(Int64.self)[0]
  }
}
