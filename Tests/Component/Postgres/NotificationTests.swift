import Postgres
import Reactor
import TestKit
import Testing

@Suite(.timeLimit(.minutes(5)))
struct NotificationTests {
  private static let table = [Migration(name: "0001", script: "CREATE TABLE cases (id bigint PRIMARY KEY)")]

  /// Looks at the table at each wake until it holds as many rows.
  private func wait(for count: Int, in database: Database, _ wakes: AsyncStream<Void>) async throws {
    for await _ in wakes {
      if try await database.query("SELECT count(*) FROM cases")[0][0, Int.self] >= count { return }
    }
    Issue.record("the stream ended")
  }

  @Test func `a commit wakes this process and another one`() async throws {
    try await withDatabase(Self.table) { test in
      let other = test.another()
      let here = test.database.notifications("cases")
      let there = other.notifications("cases")
      async let seenHere: Void = wait(for: 3, in: test.database, here)
      async let seenThere: Void = wait(for: 3, in: other, there)
      let insert: SQL = "INSERT INTO cases SELECT coalesce(max(id), 0) + 1 FROM cases"
      try await test.database.query(insert.announcing("cases"))
      try await test.database.atomically(["SELECT 1", insert.announcing("cases")])
      try await test.database.transaction { transaction in
        try await transaction.query(insert.announcing("cases"))
      }
      try await seenHere
      try await seenThere
      await other.close()
    }
  }

  @Test func `the listener comes back after its connection was killed, and wakes because something may have been missed`() async throws {
    try await withDatabase(Self.table) { test in
      let other = test.another { $0.applicationName = "\(test.schema)_listener" }
      let wakes = other.notifications("cases")
      var iterator = wakes.makeAsyncIterator()
      await iterator.next()
      while try await test.database.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = \("\(test.schema)_listener")"
      ).isEmpty {}
      try await test.database.query("INSERT INTO cases VALUES (1)")  // announced by nobody
      await iterator.next()
      let insert: SQL = "INSERT INTO cases VALUES (2)"
      async let seen: Void = wait(for: 2, in: other, wakes)
      try await test.database.query(insert.announcing("cases"))
      try await seen
      await other.close()
    }
  }

  @Test func `the stream ends when the database is closed`() async throws {
    try await withDatabase { test in
      let other = test.another()
      let wakes = other.notifications("cases")
      await other.close()
      for await _ in wakes {}
      for await _ in other.notifications("cases") {}
    }
  }
}
