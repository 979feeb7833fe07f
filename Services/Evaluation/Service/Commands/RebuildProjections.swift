internal import CityModel
internal import Events
internal import EventsAPI
internal import Postgres
internal import RPC
internal import Reactor

/// Makes the projections again from the logs, aside, while the old ones go on being counted and followed; then switches in one moment. The
/// same code applies the same facts in the same order, so the figures are the same.
///
/// Interrupted, it has changed no figure; the next rebuild begins anew. Of two at the same time, on whichever replicas, the later one
/// goes on.
struct RebuildProjections: Sendable {
  /// How often progress is looked at and told: 200 ms.
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
    let rows = try await database.query(ProjectionStore.newestFact)
    return try rows.column(Instant?.self).first ?? nil
  }

  /// - Throws: `RebuildTakenOver`.
  func run(_ tell: (Progress) async throws -> Void) async throws {
    var heads: [String: EventPosition] = [:]
    for source in sources {
      heads[source.name] = try await source.client.head(HeadRequest()).position.map { EventPosition($0) } ?? .start
    }
    let number = try await ProjectionStore.begin(in: database)
    let names = sources.map(\.name)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for source in sources { tasks.addTask { try await source.rebuilder(number).run() } }
      defer { tasks.cancelAll() }
      while true {
        let reached = try await ProjectionStore.positions(of: number, names, in: database)
        var progress = Self.progress(from: reached, rebuild: number, towards: heads)
        // What the standing consumers have taken in since the heads were read has to be here, too; they may be a moment ahead.
        if progress.finished { progress.finished = try await ProjectionStore.change(to: number, names, in: database) }
        try await tell(progress)
        if progress.finished { return }
        try await Reactor.sleep(for: Self.reportInterval)
      }
    }
  }

  private static func progress(
    from reached: [String: EventPosition], rebuild: Int64, towards heads: [String: EventPosition]
  ) -> Progress {
    var progress = Progress(done: 0, total: 0, finished: true)
    for (source, head) in heads {
      let position = reached[ProjectionStore.cursor(of: source, rebuild: rebuild)] ?? .start
      progress.total += head.sequence
      progress.done += min(position.sequence, head.sequence)
      if position < head { progress.finished = false }
    }
    return progress
  }
}
