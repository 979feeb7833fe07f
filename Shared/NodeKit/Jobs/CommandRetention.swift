// Forgets answered commands that nobody repeats any more. Facts are kept for ever: they are the audit trail, and projections are rebuilt
// from them.
internal import Events
internal import Logging
internal import Postgres
internal import Reactor

/// Runs in every replica of every service; they share the work (the rows that one has taken, the others skip).
struct CommandRetention: Job {
  /// Commands of one DELETE.
  static let batch = 10_000

  /// Between two looks. Default 1 h.
  var interval: Duration = .seconds(3_600)
  /// How long a command's answer is kept.
  let retention: Duration
  let database: Database
  let logger: Logger

  let name = "command-retention"

  func run() async throws {
    while true {
      try await prune()
      try await Reactor.sleep(for: interval)
    }
  }

  /// All that is due, batch after batch.
  func prune() async throws {
    var total = 0
    while true {
      let count = try await database.query(CommandLog.prune(olderThan: retention, limit: Self.batch)).affected
      total += count
      if count < Self.batch { break }
    }
    if total > 0 { logger.info("old commands forgotten", metadata: ["count": "\(total)"]) }
  }
}
