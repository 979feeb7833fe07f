// Keeps the clock of a replica in step with what another one was told.
internal import Postgres

struct ClockFollower: Job {
  let name = "clock-follower"
  let clock: NodeClock
  let database: Database

  func run() async throws {
    for await _ in database.notifications(PostgresNodeClockStore.channel) { try await clock.reload() }
  }
}
