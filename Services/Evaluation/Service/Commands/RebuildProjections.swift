internal import CityModel
internal import Events
internal import EventsAPI
internal import Postgres
internal import RPC
internal import Reactor

/// Throws the projections away and makes them again from the logs. The same code applies the same facts in the same order, so the figures
/// are the same; meanwhile they are incomplete, and `facts_until` says how far they are.
struct RebuildProjections: Sendable {
  /// How often progress is told: 200 ms.
  static let reportInterval = Duration.milliseconds(200)

  struct Progress: Sendable, Hashable {
    /// Sequence numbers of the logs, so gaps count too.
    var done: Int64
    var total: Int64
    var finished: Bool
  }

  let database: Database
  let sources: [FactSource]

  func factsUntil() async throws -> Instant? {
    let rows = try await database.query(FactCursors.newestFact)
    return try rows.column(Instant?.self).first ?? nil
  }

  func run(_ tell: (Progress) async throws -> Void) async throws {
    var heads: [String: EventPosition] = [:]
    for source in sources {
      heads[source.name] = try await source.client.head(HeadRequest()).position.map { EventPosition($0) }
    }
    // One order of locks, cursors first, as consumers take them.
    _ = try await database.atomically([FactCursors.reset] + CaseFacts.emptyAll)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      // The standing consumers notice that they were overtaken only with the next fact: these begin at once, fenced by the same cursor.
      for source in sources { tasks.addTask { try await source.consumer().run() } }
      defer { tasks.cancelAll() }
      var progress = try await progress(towards: heads)
      while !progress.finished {
        try await tell(progress)
        try await Reactor.sleep(for: Self.reportInterval)
        progress = try await self.progress(towards: heads)
      }
      try await tell(progress)
    }
  }

  private func progress(towards heads: [String: EventPosition]) async throws -> Progress {
    let cursors = try await FactCursors.positions(in: database)
    var progress = Progress(done: 0, total: 0, finished: true)
    for (source, head) in heads {
      let reached = cursors[source] ?? .start
      progress.total += head.sequence
      progress.done += min(reached.sequence, head.sequence)
      if reached < head { progress.finished = false }
    }
    return progress
  }
}
