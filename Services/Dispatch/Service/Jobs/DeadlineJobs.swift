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

/// Recounts the open deadlines when a calendar comes into force, at the start, and every now and then: a case that somebody held, or that
/// was filed by the calendar before while the new one was being put in force, is recounted the next time.
struct DeadlineRecount: Job {
  /// Looks again at least this often. Default 60 s. One look at an index when nothing is to be done.
  static let longestWait = Duration.seconds(60)

  let sweep: SweepDeadlines
  let database: Database
  let clock: any CityClock
  let name = "deadline recount"

  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for await _ in database.notifications(SettingsStore.channel) { try await sweep.recount(at: clock.now()) }
      }
      group.addTask {
        while true {
          try await Reactor.sleep(for: Self.longestWait)
          try await sweep.recount(at: clock.now())
        }
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }
}
