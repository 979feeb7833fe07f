public import Logging
public import Reactor

/// PostgreSQL for one process: a pool of connections on each reactor, prepared statements by their text, one connection that listens.
///
/// Used by tasks that run on a reactor of `reactors`; everything stays there, without locks. A caller inside `transaction` who also calls
/// `query` on the database uses a second connection: with every connection held by such callers they wait for each other until `waitLimit`.
public struct Database: Sendable {
  public let configuration: DatabaseConfiguration
  private let reactors: ReactorGroup
  private let pools: ReactorLocal<Pool>
  private let announcer: Announcer

  public init(configuration: DatabaseConfiguration, reactors: ReactorGroup, logger: Logger) {
    self.configuration = configuration
    self.reactors = reactors
    let announcer = Announcer(configuration: configuration, reactor: reactors.reactors[0], logger: logger)
    self.announcer = announcer
    pools = ReactorLocal { reactor in
      Pool(reactor: reactor, configuration: configuration, announcer: announcer, logger: logger)
    }
  }

  /// Runs one statement in a transaction of its own. Independent statements share connections and don't disturb each other. The whole
  /// result is held in memory: listings need a LIMIT.
  ///
  /// Cancelling the task ends its waiting for a connection; a statement that is under way is awaited (its limit is `statementLimit`).
  /// - Throws: `PostgresError`, `CancellationError`.
  @discardableResult
  public func query(_ statement: SQL) async throws -> Rows {
    let pool = pools.value
    do {
      return try await pool.query(statement)
    } catch let error as PostgresError where error.isStaleStatement {
      return try await pool.query(statement)  // the refusal came before anything was done
    }
  }

  /// Runs the statements in one round trip and one transaction: all of them take effect or none.
  @discardableResult
  public func atomically(_ statements: [SQL], planning: Planning = .eachTime) async throws -> [Rows] {
    let first = planning.statement.map { [$0] } ?? []
    return Array(try await pools.value.atomically(first + statements).dropFirst(first.count))
  }

  /// Runs `body` in a transaction on a connection of its own: committed when it returns, rolled back when it throws.
  ///
  /// - Parameters:
  ///   - planning: see `Planning`.
  ///   - retrySerialization: how often `body` is run again after a serialization failure or a deadlock. It must not have other effects.
  /// - Throws: what `body` throws; `PostgresError` (with `isConnectionLost` the outcome of a commit is not known); `CancellationError`.
  @discardableResult
  public func transaction<Result>(
    isolation: Isolation = .readCommitted, planning: Planning = .eachTime, retrySerialization: Int = 0,
    _ body: (Transaction) async throws -> Result
  ) async throws -> Result {
    var attempts = 0
    while true {
      do {
        return try await attempt(isolation, planning, body)
      } catch let error as PostgresError where attempts < retrySerialization && error.isConflict {
        attempts += 1
      }
    }
  }

  private func attempt<Result>(
    _ isolation: Isolation, _ planning: Planning, _ body: (Transaction) async throws -> Result
  ) async throws -> Result {
    let pool = pools.value
    let transaction = Transaction(try await pool.lease(), isolation, planning, copyLimit: configuration.copyLimit)
    do {
      let result = try await body(transaction)
      try await transaction.commit()
      pool.announce(transaction.announcements)
      return result
    } catch {
      await transaction.rollBack()
      throw error
    }
  }

  /// Wakes the caller when somebody committed a statement that was `announcing(channel)`, in this process or another one that uses the
  /// same schema.
  ///
  /// Wakes are merged while the caller is busy. One comes at the beginning and one after each reconnection, because something may have been
  /// missed: look first, then wait. A process that dies between its commit and the telling tells nobody, so look now and then, too.
  public func notifications(_ channel: String) -> AsyncStream<Void> {
    announcer.notifications(channel)
  }

  /// Refuses new work, waits for what is under way, closes all connections.
  public func close() async {
    let pools = self.pools
    await withTaskGroup(of: Void.self) { group in
      for reactor in reactors.reactors {
        group.addTask { try? await reactor.spawn { await pools.value.close() }.value }
      }
    }
    await announcer.close()
  }
}

/// How much of other transactions a transaction sees (PostgreSQL manual §13.2).
public enum Isolation: String, Sendable {
  case readCommitted = "READ COMMITTED"
  case serializable = "SERIALIZABLE"
}

extension PostgresError {
  /// Two transactions got in each other's way, and this one gave in.
  var isConflict: Bool { sqlState == .serializationFailure || sqlState == .deadlockDetected }
}
