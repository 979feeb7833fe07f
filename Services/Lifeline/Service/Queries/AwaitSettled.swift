internal import CityModel
internal import NodeKit
internal import Postgres
internal import Reactor

/// Waits until lifeline owes nothing for what it was told: every silence that is due is an alarm, and every alarm has been answered by
/// intake. For a replay, which must not let the clocks go before.
package struct AwaitSettled: Sendable {
  private let database: Database
  private let clock: NodeClock
  private let settings: LifelineSettings

  init(database: Database, clock: NodeClock, settings: LifelineSettings) {
    self.database = database
    self.clock = clock
    self.settings = settings
  }

  /// Until then or until the task is cancelled, as it is at a call's deadline.
  /// - Returns: how many alarms intake opens no case for.
  package func callAsFunction() async throws -> Int64 {
    // Told of each fact, the last of which is that an alarm has its case; looked at now and then for a final no, which is no fact.
    let (looks, look) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { for await _ in database.notifications("events") { look.yield() } }
      group.addTask {
        while true {
          look.yield()
          try await Reactor.sleep(for: settings.casePoll)
        }
      }
      defer { group.cancelAll() }
      for await _ in looks { if let withoutCase = try await withoutCaseIfSettled() { return withoutCase } }
      throw CancellationError()
    }
  }

  private func withoutCaseIfSettled() async throws -> Int64? {
    let time = ClockReading(clock)
    // Silences first: they leave requests for cases.
    let rows = try await database.atomically([
      SensorStore.nextSilenceDue(replaying: time.replaying), CaseRequestStore.waiting,
    ])
    if let due = try rows[0][0][0, Instant?.self], due < time.now { return nil }
    let (waiting, shelved) = try rows[1][0].decode(Int64.self, Int64.self)
    return waiting == 0 ? shelved : nil
  }
}
