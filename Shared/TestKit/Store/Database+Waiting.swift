internal import CityModel
public import Postgres
internal import Reactor

extension Database {
  /// Returns once somebody waits for a lock that the transaction holds: a test then puts its change between two steps of a command.
  /// PostgreSQL tells nobody of that, so it is asked every 5 ms, for at most a minute.
  /// - Throws: `NobodyWaits`.
  public func untilSomebodyWaits(for transaction: Transaction) async throws {
    let holder = try await transaction.query("SELECT pg_backend_pid()")[0][0, Int32.self]
    for _ in 0..<12_000 {
      let waiting = try await query("SELECT count(*) FROM pg_stat_activity WHERE \(holder) = ANY (pg_blocking_pids(pid))")
      if try waiting[0][0, Int.self] > 0 { return }
      try await Reactor.sleep(for: .milliseconds(5))
    }
    throw NobodyWaits()
  }
}

/// The command under test came to no lock.
public struct NobodyWaits: Error {}
