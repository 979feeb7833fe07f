// Asks the database now and then, so that nobody is sent to a service that cannot answer.
internal import Logging
internal import Reactor

/// Raises and lifts `databaseUnreachable`.
struct DatabaseProbe: Job {
  /// Between two questions. Default 2 s.
  var interval: Duration = .seconds(2)
  /// A database that has not answered for so long counts as unreachable; the answer is waited for all the same. Default 3 s.
  var patience: Duration = .seconds(3)
  let board: HealthBoard
  let logger: Logger
  let ask: @Sendable () async throws -> Void

  let name = "database-probe"

  func run() async throws {
    while true {
      try await probe()
      try await Reactor.sleep(for: interval)
    }
  }

  /// One question. On a reactor.
  /// - Throws: `CancellationError`.
  func probe() async throws {
    guard let reactor = Reactor.current else { preconditionFailure("DatabaseProbe outside a reactor") }
    let timer = reactor.schedule(after: patience) { raise("no answer within \(patience)") }
    defer { reactor.cancel(timer) }
    do {
      try await ask()
      if board.obstacles.contains(.databaseUnreachable) { logger.notice("database answers again") }
      board.lift(.databaseUnreachable)
    } catch {
      try Task.checkCancellation()
      raise("\(error)")
    }
  }

  private func raise(_ reason: String) {
    if !board.obstacles.contains(.databaseUnreachable) { logger.warning("database unreachable", metadata: ["error": "\(reason)"]) }
    board.raise(.databaseUnreachable)
  }
}
