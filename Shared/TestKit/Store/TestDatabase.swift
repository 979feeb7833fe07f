public import Logging
public import Postgres
public import Reactor
internal import Synchronization

/// One test's own schema, with as many databases on it as the test wants replicas.
public struct TestDatabase: Sendable {
  public let schema: String
  public let cluster: TestCluster
  public let reactors: ReactorGroup
  public let configuration: DatabaseConfiguration
  public let database: Database

  /// Another process's view of the same schema: pools and listening connection of its own. The test closes it.
  public func another(_ adjust: (inout DatabaseConfiguration) -> Void = { _ in }) -> Database {
    var configuration = self.configuration
    adjust(&configuration)
    return Database(configuration: configuration, reactors: reactors, logger: TestLog.silent)
  }
}

public enum TestLog {
  /// For what tests break on purpose.
  public static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

/// Runs `body` on a reactor, with a schema of its own on the process's cluster and the migrations applied; afterwards the schema is
/// dropped. At most `TestDatabases.limit` tests do so at once; the others wait, and a test's time limit runs meanwhile: on a busy machine
/// with two cores that is more than a minute, hence five.
public func withDatabase<Result: Sendable>(
  _ migrations: [Migration] = [], reactors count: Int = 2, adjust: (inout DatabaseConfiguration) -> Void = { _ in },
  _ body: @escaping @Sendable (TestDatabase) async throws -> Result
) async throws -> Result {
  let cluster = try await TestCluster.shared
  let schema = TestDatabases.nextSchema()
  var configuration = DatabaseConfiguration(conninfo: cluster.conninfo(), applicationName: schema, schema: schema)
  adjust(&configuration)
  let chosen = configuration
  await TestDatabases.places.enter()
  defer { TestDatabases.places.leave() }
  return try await withReactors(count) { reactors in
    let admin = Database(
      configuration: DatabaseConfiguration(conninfo: cluster.conninfo(), applicationName: "\(schema) admin"), reactors: reactors,
      logger: TestLog.silent)
    try await admin.query("CREATE SCHEMA \(identifier: schema)")
    let database = Database(configuration: chosen, reactors: reactors, logger: TestLog.silent)
    func cleanUp() async throws {
      await database.close()
      try await admin.query("DROP SCHEMA \(identifier: schema) CASCADE")
      await admin.close()
    }
    do {
      try await Migrator(database, migrations).run()
      let result = try await body(
        TestDatabase(schema: schema, cluster: cluster, reactors: reactors, configuration: chosen, database: database))
      try await cleanUp()
      return result
    } catch {
      try? await cleanUp()
      throw error
    }
  }
}

/// Runs `body` on the first of a group of reactors, which lives as long as it.
public func withReactors<Result: Sendable>(
  _ count: Int = 2, _ body: @escaping @Sendable (ReactorGroup) async throws -> Result
) async throws -> Result {
  let group = try ReactorGroup(count: count, name: "test")
  let task = group.reactors[0].spawn { try await body(group) }
  let result = await withTaskCancellationHandler {
    await task.result
  } onCancel: {
    task.cancel()
  }
  await group.shutdown()
  return try result.get()
}

enum TestDatabases {
  /// Tests with a schema at the same time: 12, each with up to 9 connections for its first database.
  static let limit = 12
  static let places = Places(limit)
  private static let lastSchema = Mutex(0)

  static func nextSchema() -> String {
    lastSchema.withLock {
      $0 += 1
      return "test_\($0)"
    }
  }
}

/// A counted number of places; who finds none waits in line.
final class Places: Sendable {
  private struct Line {
    var free: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let line: Mutex<Line>

  init(_ count: Int) { line = Mutex(Line(free: count)) }

  func enter() async {
    await withCheckedContinuation { continuation in
      let admitted = line.withLock { line in
        if line.free > 0 {
          line.free -= 1
          return true
        }
        line.waiting.append(continuation)
        return false
      }
      if admitted { continuation.resume() }
    }
  }

  func leave() {
    let next: CheckedContinuation<Void, Never>? = line.withLock { line in
      if line.waiting.isEmpty {
        line.free += 1
        return nil
      }
      return line.waiting.removeFirst()
    }
    next?.resume()
  }
}
