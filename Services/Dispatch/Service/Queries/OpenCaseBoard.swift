internal import CityModel
internal import DispatchDomain
internal import Events
internal import Logging
internal import Postgres
internal import Reactor
internal import Synchronization

/// All open cases in this process's memory: read from the table when somebody first asks, and brought up to the present by the service's
/// own log whenever somebody asks after something has happened. What the log names is read from the table again, so it doesn't matter which
/// replica changed it, nor whether the same change is looked at twice.
///
/// Measured at 100,000 open cases: a map tile of the whole city takes PostgreSQL 175 ms, and from memory 1 ms (docs/adr/0014).
final class OpenCaseBoard: Sendable {
  /// Cases read from the table at once: 10,000.
  static let pageSize = 10_000
  /// Events behind which everything is read anew: 20,000.
  static let eventLimit = 20_000
  /// From the beginning of one look at the log to the next: 10 ms, while the city changes all the time.
  static let pause = Duration.milliseconds(10)

  private struct Held {
    var cases = OpenCases()
    /// Nil before all were read for the first time.
    var position: EventPosition?
    /// When the last refresh began, by the city's clock and by real time, and how often the log's bell had rung.
    var at: Instant?
    var began: ContinuousClock.Instant?
    var rings: UInt64 = 0
    var refresh: Task<Void, any Error>?
  }

  private let database: Database
  private let log: EventLog
  private let clock: any CityClock
  private let maxAge: Duration
  private let logger: Logger
  private let held = Mutex(Held())

  /// - Parameter maxAge: how old the cases may be when nothing is heard of changes.
  init(database: Database, clock: any CityClock, maxAge: Duration, logger: Logger) {
    self.database = database
    self.clock = clock
    self.maxAge = maxAge
    self.logger = logger
    log = EventLog(database: database)
  }

  /// What `look` takes out of the cases as they stand, and the city's time of that. Nothing that was committed, and heard of here, before
  /// the call is missing. `look` is to be short: everybody else waits for it.
  func view<Result: Sendable>(_ look: (OpenCases) -> Result) async throws -> (at: Instant, Result) {
    let (asked, rings) = (ContinuousClock.now, log.rings)
    while true {
      let refresh = held.withLock { held in
        isFresh(held, asked, rings) ? nil : held.refresh ?? begin(&held)
      }
      guard let refresh else { break }
      try await refresh.value
    }
    return held.withLock { ($0.at ?? clock.now(), look($0.cases)) }
  }

  private func isFresh(_ held: Held, _ asked: ContinuousClock.Instant, _ rings: UInt64) -> Bool {
    guard let began = held.began else { return false }
    return began >= asked || (held.rings >= rings && began.duration(to: .now) < maxAge)
  }

  /// A task of its own: it goes on when the one who asked first has gone.
  private func begin(_ held: inout Held) -> Task<Void, any Error> {
    guard let reactor = Reactor.current else { preconditionFailure("OpenCaseBoard outside a reactor") }
    let task = reactor.spawn { try await self.refresh() }
    held.refresh = task
    return task
  }

  private func refresh() async throws {
    defer { held.withLock { $0.refresh = nil } }
    let (last, wasIncomplete, position) = held.withLock { held in
      (held.began, held.cases.isIncomplete, held.cases.hasRoomAgain ? nil : held.position)
    }
    let pause = min(Self.pause, maxAge)
    if let age = last?.duration(to: .now), age < pause { try await Reactor.sleep(for: pause - age) }
    let (began, at, rings) = (ContinuousClock.now, clock.now(), log.rings)
    let hasFollowed = if let position { try await follow(after: position) } else { false }
    if !hasFollowed { try await readAll() }
    let isIncomplete = held.withLock { held in
      held.began = began
      held.at = at
      held.rings = rings
      return held.cases.isIncomplete
    }
    if isIncomplete, !wasIncomplete {
      logger.warning(
        "more cases are open than fit into memory: maps and counts leave the rest out", metadata: ["limit": "\(OpenCases.limit)"])
    }
  }

  /// False when so much has happened that all is read sooner.
  private func follow(after position: EventPosition) async throws -> Bool {
    var (position, events) = (position, 0)
    while events < Self.eventLimit {
      let changes = try await log.changes(after: position)
      if !changes.subjects.isEmpty {
        let rows = try await database.atomically([OpenCaseStore.open(of: Array(changes.subjects))], planning: .once)[0]
        let open = try OpenCaseStore.read(rows).cases
        held.withLock { $0.cases.update(changes.subjects, open: open) }
      }
      position = changes.position ?? position
      held.withLock { $0.position = position }
      if changes.isLast { return true }
      events += EventLog.batchLimit
    }
    return false
  }

  private func readAll() async throws {
    // What changes while the table is read is looked at again.
    let position = try await log.head() ?? .start
    var cases = OpenCases()
    var key: CaseQueries.Key?
    while true {
      let rows = try await database.atomically([CaseQueries.inOrder, OpenCaseStore.page(after: key, limit: Self.pageSize)])[1]
      let (open, last) = try OpenCaseStore.read(rows)
      cases.update([], open: open)
      key = last
      guard open.count == Self.pageSize else { break }
    }
    held.withLock { held in
      held.cases = cases
      held.position = position
    }
    _ = try await follow(after: position)
  }
}
