internal import CityModel
internal import NodeKit
internal import Postgres
internal import Reactor

/// Wakes at the next deadline, and whenever the node's clock is driven.
struct OverdueSweep: Job {
  /// Sleeps at most this long: new cases may be due earlier than what was looked for. Default 5 s. Times of facts don't depend on it.
  static let longestSleep = Duration.seconds(5)
  static let shortestSleep = Duration.milliseconds(20)

  let sweep: SweepDeadlines
  let clock: NodeClock
  let name = "overdue sweep"

  func run() async throws {
    while true {
      let seen = clock.changes
      try await sweep.markOverdue(before: clock.now())
      var sleep = Self.longestSleep
      if let next = try await sweep.next(), !clock.isDriven { sleep = min(sleep, max(Self.shortestSleep, next - clock.now())) }
      try await clock.change(after: seen, atMost: sleep)
    }
  }
}

/// Recounts the open deadlines when a calendar comes into force, and once at the start.
struct DeadlineRecount: Job {
  let sweep: SweepDeadlines
  let database: Database
  let clock: any CityClock
  let name = "deadline recount"

  func run() async throws {
    for await _ in database.notifications(SettingsStore.channel) { try await sweep.recount(at: clock.now()) }
  }
}
