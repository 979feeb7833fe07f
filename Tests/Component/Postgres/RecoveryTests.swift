import Postgres
import Reactor
import TestKit
import Testing

@Suite(.timeLimit(.minutes(5)))
struct RecoveryTests {
  /// Ends the server processes of the test's database, but not the caller's own.
  private func terminateAll(_ test: TestDatabase) async throws {
    let other = test.another { $0.applicationName = "terminator" }
    try await other.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = \(test.schema)")
    await other.close()
  }

  @Test func `a connection killed in the middle of a statement is an error, and the next statement has a new one`() async throws {
    try await withDatabase { test in
      let database = test.database
      let first = try await database.query("SELECT pg_backend_pid()")[0][0, Int.self]
      let sleeping = Reactor.current!.spawn { try await database.query("SELECT pg_sleep(30)") }
      let watcher = test.another { $0.applicationName = "watcher" }
      while try await watcher.query(
        "SELECT 1 FROM pg_stat_activity WHERE application_name = \(test.schema) AND query LIKE '%pg_sleep%' AND state = 'active'"
      ).isEmpty {}
      await watcher.close()
      try await terminateAll(test)
      do {
        _ = try await sleeping.value
        Issue.record("the statement survived")
      } catch let error as PostgresError {
        #expect(error.isConnectionLost)
        #expect(error.isTransient)
        #expect(error.sqlState == .adminShutdown)
      }
      #expect(try await database.query("SELECT pg_backend_pid()")[0][0, Int.self] != first)
    }
  }

  @Test func `connections killed while idle are noticed before they are used`() async throws {
    try await withDatabase { test in
      let database = test.database
      try await database.query("SELECT 1")
      try await terminateAll(test)
      // The end of the connection and the next statement may meet; then the statement says that the connection was lost.
      var losses = 0
      for _ in 0..<3 {
        do {
          try await database.query("SELECT 2")
        } catch let error as PostgresError where error.isConnectionLost {
          losses += 1
        }
      }
      #expect(losses <= 1)
    }
  }

  @Test func `a transaction whose connection dies throws and leaves nothing`() async throws {
    try await withDatabase([Migration(name: "0001", script: "CREATE TABLE cases (id bigint)")]) { test in
      let database = test.database
      let error = await #expect(throws: PostgresError.self) {
        try await database.transaction { transaction in
          try await transaction.query("INSERT INTO cases VALUES (1)")
          try await terminateAll(test)
          try await transaction.query("INSERT INTO cases VALUES (2)")
        }
      }
      #expect(error?.isConnectionLost == true)
      let left = try await database.query("SELECT count(*) FROM cases")[0][0, Int.self]
      #expect(left == 0)
    }
  }

  @Test func `many callers survive repeated kills without hanging`() async throws {
    try await withDatabase { test in
      let database = test.database
      let (done, lost) = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
        for _ in 0..<32 {
          group.addTask {
            var (done, lost) = (0, 0)
            for number in 0..<50 {
              do {
                let rows = try await database.query("SELECT \(number)")
                done += try rows[0][0, Int.self] == number ? 1 : 0
              } catch let error as PostgresError where error.isTransient {
                lost += 1
              }
            }
            return (done, lost)
          }
        }
        group.addTask {
          for _ in 0..<5 { try await terminateAll(test) }
          return (0, 0)
        }
        return try await group.reduce(into: (0, 0)) { $0 = ($0.0 + $1.0, $0.1 + $1.1) }
      }
      #expect(done + lost == 32 * 50)
      #expect(done > 0)
    }
  }

  @Test func `a database that is not there is an error after the limit, and a wrong one at once`() async throws {
    try await withReactors(1) { reactors in
      var configuration = DatabaseConfiguration(conninfo: "host=/nonexistent user=nobody", applicationName: "t")
      configuration.waitLimit = .milliseconds(300)
      let nowhere = Database(configuration: configuration, reactors: reactors, logger: TestLog.silent)
      let error = await #expect(throws: PostgresError.self) { try await nowhere.query("SELECT 1") }
      #expect(error?.kind == .overloaded)
      await nowhere.close()

      let cluster = try await TestCluster.shared
      let wrong = Database(
        configuration: DatabaseConfiguration(conninfo: cluster.conninfo(role: "nobody_at_all"), applicationName: "t"), reactors: reactors,
        logger: TestLog.silent)
      let start = MonotonicTime.now()
      let refusal = await #expect(throws: PostgresError.self) { try await wrong.query("SELECT 1") }
      #expect(refusal?.kind == .connectFailed)
      #expect(start.duration(to: .now()) < .seconds(5))
      await wrong.close()
      let closed = await #expect(throws: PostgresError.self) { try await wrong.query("SELECT 1") }
      #expect(closed?.kind == .closed)
    }
  }

  @Test func `a statement prepared before its table changed is prepared anew`() async throws {
    try await withDatabase([Migration(name: "0001", script: "CREATE TABLE cases (id bigint)")]) { test in
      let database = test.database
      for _ in 0..<6 { try await database.query("SELECT * FROM cases") }
      try await database.query("ALTER TABLE cases ADD COLUMN note text")
      try await database.query("INSERT INTO cases VALUES (1, 'x')")
      for _ in 0..<6 {
        #expect(try await database.query("SELECT * FROM cases")[0][1, String.self] == "x")
      }
    }
  }

  @Test func `more statements than are kept prepared`() async throws {
    try await withDatabase(
      adjust: {
        $0.preparedLimit = 4
        $0.connectionsPerReactor = 1
      },
      { test in
        for round in 0..<3 {
          for number in 0..<20 {
            let rows = try await test.database.query("SELECT \(round) + \(unsafeLiteral: "\(number)")")
            #expect(try rows[0][0, Int.self] == round + number)
          }
        }
        let kept = try await test.database.query("SELECT count(*) FROM pg_prepared_statements")[0][0, Int.self]
        #expect(kept <= 5)
      })
  }
}
