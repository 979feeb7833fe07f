// What is removed by the way when somebody signs in, beside others who are signing in.
import AccountsAPI
import CityModel
import Postgres
import Reactor
import TestKit
import Testing

@testable import DispatchService

@Suite(.timeLimit(.minutes(5))) struct AttemptTidyingTests {
  /// Whoever signs in tidies by the way, and must not wait for a row behind one that somebody waits for.
  @Test func `old rows go, those that somebody has stay, and so many at a time`() async throws {
    try await withAccounts { test in
      let now = test.clock.now()
      let old = now - AttemptStore.kept - .seconds(1)
      try await test.database.query(
        """
        INSERT INTO sign_in_attempts SELECT 'address:' || n, 3, \(old), \(old) FROM generate_series(1, \(AttemptStore.tidied + 10)) n
        """)
      try await test.database.query("INSERT INTO sign_in_attempts VALUES ('name:new', 1, \(now), \(now))")
      try await test.database.transaction { transaction in
        try await transaction.query("SELECT FROM sign_in_attempts WHERE subject = 'address:7' FOR UPDATE")
        try await test.database.transaction { other in
          try await other.query("SET LOCAL lock_timeout = '1s'")
          #expect(try await other.query(AttemptStore.tidy(at: now)).affected == AttemptStore.tidied)
          #expect(try await other.query(AttemptStore.tidy(at: now)).affected == 9)
        }
      }
      let left = try await test.database.query("SELECT subject FROM sign_in_attempts ORDER BY subject").column(String.self)
      #expect(left == ["address:7", "name:new"])
    }
  }

  /// The row is removed between one's making it and one's locking it.
  @Test func `an attempt counts also when its row is removed meanwhile`() async throws {
    try await withAccounts { test in
      try await test.user("li")
      _ = await code { _ = try await test.signIn("li", "wrong-password") }
      let outcome = try await test.database.transaction { transaction in
        try await transaction.query("DELETE FROM sign_in_attempts")
        let task = Reactor.current!.spawn { await code { _ = try await test.signIn("li", "wrong-password") } }
        try await test.database.untilSomebodyWaits(for: transaction)
        return task
      }.value
      #expect(outcome == "sign_in_failed")
      let counted = try await test.database.query("SELECT failures FROM sign_in_attempts").column(Int32.self)
      #expect(counted == [1, 1], "by name and by address")
    }
  }

  @Test func `ended sessions are removed without waiting for those that are in use`() async throws {
    try await withAccounts { test in
      try await test.user("li")
      let (one, two) = (try #require(try await test.signIn("li").session), try #require(try await test.signIn("li").session))
      let later = test.clock.now() + .seconds(3_600)
      try await test.database.transaction { transaction in
        try await transaction.query("SELECT FROM sessions WHERE id = \(try #require(Identifier(bytes: one.id))) FOR UPDATE")
        try await test.database.transaction { other in
          try await other.query("SET LOCAL lock_timeout = '1s'")
          for statement in SessionStore.tidy(at: later, account: try #require(Identifier(bytes: one.userId))) {
            try await other.query(statement)
          }
        }
      }
      #expect(try await test.database.query("SELECT id FROM sessions").column(Identifier.self).map(\.bytes) == [one.id])
      #expect(one.id != two.id)
    }
  }
}
