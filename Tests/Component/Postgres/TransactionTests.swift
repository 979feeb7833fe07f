import Postgres
import Reactor
import TestKit
import Testing

@Suite(.timeLimit(.minutes(5)))
struct TransactionTests {
  private static let table = [
    Migration(name: "0001", script: "CREATE TABLE cases (id bigint PRIMARY KEY, note text CHECK (length(note) < 10))")
  ]
  private struct Deliberate: Error {}

  private func count(_ database: Database) async throws -> Int {
    try await database.query("SELECT count(*) FROM cases")[0][0, Int.self]
  }

  @Test func `what returns is committed, what throws is rolled back`() async throws {
    try await withDatabase(Self.table) { test in
      let database = test.database
      let id = try await database.transaction { transaction in
        try await transaction.query("INSERT INTO cases VALUES (\(1), 'a') RETURNING id")[0][0, Int.self]
      }
      #expect(id == 1)
      await #expect(throws: Deliberate.self) {
        try await database.transaction { transaction in
          try await transaction.query("INSERT INTO cases VALUES (2, 'b')")
          throw Deliberate()
        }
      }
      #expect(try await count(database) == 1)
    }
  }

  @Test func `several statements and the commit go in one round trip`() async throws {
    try await withDatabase(Self.table) { test in
      let rows = try await test.database.transaction { transaction in
        try await transaction.commit(after: ["INSERT INTO cases VALUES (1, 'a')", "SELECT count(*) FROM cases"])
      }
      #expect(try rows[1][0][0, Int.self] == 1)
      #expect(try await count(test.database) == 1)
    }
  }

  @Test func `a batch takes effect as a whole or not at all`() async throws {
    try await withDatabase(Self.table) { test in
      let database = test.database
      try await database.atomically(["INSERT INTO cases VALUES (1, 'a')", "INSERT INTO cases VALUES (2, 'b')"])
      let error = await #expect(throws: PostgresError.self) {
        try await database.atomically(["INSERT INTO cases VALUES (3, 'c')", "INSERT INTO cases VALUES (1, 'again')"])
      }
      #expect(error?.sqlState == .uniqueViolation)
      #expect(error?.constraint == "cases_pkey")
      #expect(error?.isTransient == false)
      #expect(try await count(database) == 2)
    }
  }

  @Test func `errors name the constraint and never the row`() async throws {
    try await withDatabase(Self.table) { test in
      let secret = "13800138000 张三"
      let error = await #expect(throws: PostgresError.self) {
        try await test.database.query("INSERT INTO cases VALUES (1, \(secret))")
      }
      #expect(error?.sqlState == .checkViolation)
      #expect(error?.constraint == "cases_note_check")
      let cast = await #expect(throws: PostgresError.self) { try await test.database.query("SELECT \(secret)::bigint") }
      for text in [error, cast].map({ "\($0!)" }) { #expect(!text.contains("13800138000") && !text.contains("张三")) }
    }
  }

  @Test func `a swallowed error does not become a commit`() async throws {
    try await withDatabase(Self.table) { test in
      let error = await #expect(throws: PostgresError.self) {
        try await test.database.transaction { transaction in
          try await transaction.query("INSERT INTO cases VALUES (1, 'a')")
          _ = try? await transaction.query("SELECT 1 / 0")
        }
      }
      #expect(error?.sqlState == .inFailedTransaction)
      let left = try await count(test.database)
      #expect(left == 0)
    }
  }

  @Test func `serialization failures are retried when asked for`() async throws {
    try await withDatabase(Self.table) { test in
      let database = test.database
      try await database.query("INSERT INTO cases VALUES (1, '0')")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask {
            try await database.transaction(isolation: .serializable, retrySerialization: 100) { transaction in
              let value = Int(try await transaction.query("SELECT note FROM cases WHERE id = 1")[0][0, String.self])!
              try await transaction.query("UPDATE cases SET note = \("\(value + 1)") WHERE id = 1")
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try await database.query("SELECT note FROM cases")[0][0, String.self] == "8")
    }
  }

  @Test func `waiting for a connection can be cancelled, and has a limit`() async throws {
    try await withDatabase(
      adjust: {
        $0.connectionsPerReactor = 1
        $0.waitLimit = .seconds(2)
      },
      { test in
        let database = test.database
        try await database.transaction { transaction in
          try await transaction.query("SELECT 1")
          let waiting = Reactor.current!.spawn { try await database.query("SELECT 2") }
          waiting.cancel()
          await #expect(throws: CancellationError.self) { try await waiting.value }
          let error = await #expect(throws: PostgresError.self) { try await database.query("SELECT 3") }
          #expect(error?.kind == .overloaded)
        }
        #expect(try await database.query("SELECT 4").count == 1)
      })
  }

  @Test func `a long statement of a cancelled task is stopped`() async throws {
    try await withDatabase { test in
      let database = test.database
      let (started, signal) = AsyncStream.makeStream(of: Void.self)
      let task = Reactor.current!.spawn {
        try await database.transaction { transaction in
          try await transaction.query("SELECT 1")
          signal.yield()
          try await transaction.query("SELECT pg_sleep(30)")
        }
      }
      for await _ in started { break }
      let start = MonotonicTime.now()
      task.cancel()
      await #expect(throws: (any Error).self) { try await task.value }
      #expect(start.duration(to: .now()) < .seconds(10))
      let rows = try await database.query("SELECT 1")
      #expect(rows.count == 1)
    }
  }
}
