// Asks the database now and then, so that nobody is sent to a service that cannot answer.
internal import Logging
internal import Postgres
internal import Reactor

/// Raises and lifts `databaseUnreachable`.
struct DatabaseProbe: Job {
  /// Between two questions. Default 2 s.
  var interval: Duration = .seconds(2)
  /// Longest wait for an answer. Default 3 s.
  var patience: Duration = .seconds(3)
  let board: HealthBoard
  let logger: Logger
  let ask: @Sendable () async throws -> Void

  let name = "database-probe"

  func run() async throws {
    while true {
      await probe()
      try await Reactor.sleep(for: interval)
    }
  }

  func probe() async {
    do {
      try await withTimeLimit(patience, ask)
      if board.obstacles.contains(.databaseUnreachable) { logger.notice("database answers again") }
      board.lift(.databaseUnreachable)
    } catch {
      guard !Task.isCancelled else { return }
      if !board.obstacles.contains(.databaseUnreachable) {
        logger.warning("database unreachable", metadata: ["error": "\(error)"])
      }
      board.raise(.databaseUnreachable)
    }
  }
}

/// It took longer than allowed.
struct TimeLimitExceeded: Error, Hashable, Sendable {}

/// Runs `body`, cancelling it after `limit`. On a reactor.
func withTimeLimit(_ limit: Duration, _ body: @escaping @Sendable () async throws -> Void) async throws {
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Reactor.sleep(for: limit)
      throw TimeLimitExceeded()
    }
    defer { group.cancelAll() }
    _ = try await group.next()
  }
}
