public import CityModel
public import Postgres
internal import Reactor

/// A command that may reach us more than once.
public struct Command: Sendable, Hashable {
  /// Given by the caller, the same at each repetition, at most 200 characters. Empty: the caller does not care, and nothing is recorded.
  public let key: String
  /// What is to be done, for instance `/chengyun.intake.v1.Intake/SubmitReport`.
  public let method: String
  /// Tells one request from another under the same key. A 64-bit FNV-1a: against mistakes, not against malice.
  public let fingerprint: Int64

  /// - Parameter request: the encoded request.
  public init(key: String, method: String, request: some Sequence<UInt8>) {
    self.key = key
    self.method = method
    fingerprint = request.withContiguousStorageIfAvailable(Self.hash) ?? Array(request).withUnsafeBufferPointer(Self.hash)
  }

  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return Int64(bitPattern: hash)
  }
}

/// The key was used before, for something else. To the caller: ALREADY_EXISTS.
public struct CommandConflict: Error, Hashable, CustomStringConvertible {
  public let key: String

  public init(key: String) { self.key = key }

  public var description: String { "the idempotency key \(key) was used before for another request" }
}

/// What a command's transaction does at its end.
public struct CommandOutcome: Sendable {
  /// The encoded answer, as a repetition will get it.
  public var response: [UInt8]
  /// Run together with the commit, in one round trip.
  public var statements: [SQL]

  public init(response: [UInt8], statements: [SQL] = []) {
    self.response = response
    self.statements = statements
  }
}

/// The commands that were carried out. Looking up, doing and recording stand in one transaction, so a command has its effect once; two
/// repetitions at the same time meet at the key's uniqueness, and the later one gets the earlier one's answer.
public enum CommandLog {
  static let uniqueness = "commands_pkey"

  /// Carries the command out, or returns the answer that it was given before.
  ///
  /// - Parameter body: runs in the transaction; again when a repetition got in between. It gives the answer and the last statements.
  /// - Throws: `CommandConflict`, what `body` throws, `PostgresError`.
  public static func once(
    _ command: Command, in database: Database, recordedAt: Instant, _ body: (Transaction) async throws -> CommandOutcome
  ) async throws -> [UInt8] {
    do {
      return try await attempt(command, database, recordedAt, body)
    } catch let error as PostgresError where isRepetition(error) {
      return try await attempt(command, database, recordedAt, body)
    }
  }

  private static func attempt(
    _ command: Command, _ database: Database, _ recordedAt: Instant, _ body: (Transaction) async throws -> CommandOutcome
  ) async throws -> [UInt8] {
    try await database.transaction(planning: .once) { transaction in
      if !command.key.isEmpty {
        let known = try await transaction.query(find([command.key]))
        if let response = try answers(known, to: [command])[command.key] { return response }
      }
      let outcome = try await body(transaction)
      let record = command.key.isEmpty ? [] : [record([(command, outcome.response)], at: recordedAt)]
      try await transaction.commit(after: outcome.statements + record)
      return outcome.response
    }
  }

  /// A repetition of the same command committed while this transaction was under way: run it anew, and `find` has the answer.
  public static func isRepetition(_ error: PostgresError) -> Bool {
    error.sqlState == .uniqueViolation && error.constraint == uniqueness
  }

  // MARK: Pieces for batches

  /// Looks many keys up at once. Its answer is read by `answers`.
  public static func find(_ keys: [String]) -> SQL {
    "SELECT key, method, fingerprint, response FROM commands WHERE key = ANY(\(keys))"
  }

  /// The answers given before, by key.
  /// - Throws: `CommandConflict` when a key was used for another request.
  public static func answers(_ found: Rows, to commands: [Command]) throws -> [String: [UInt8]] {
    var answers: [String: [UInt8]] = [:]
    guard !found.isEmpty else { return answers }
    let asked = Dictionary(commands.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    for (key, method, fingerprint, response) in try found.decode(String.self, String.self, Int64.self, [UInt8].self) {
      guard let command = asked[key] else { continue }
      guard command.method == method, command.fingerprint == fingerprint else { throw CommandConflict(key: key) }
      answers[key] = response
    }
    return answers
  }

  /// Records commands with their answers, in the transaction that carried them out. A unique violation of `commands_pkey` means that a
  /// repetition was quicker: see `isRepetition`.
  public static func record(_ answered: [(command: Command, response: [UInt8])], at recordedAt: Instant) -> SQL {
    let answered = answered.filter { !$0.command.key.isEmpty }
    return """
      INSERT INTO commands (key, method, fingerprint, response, recorded_at)
      SELECT key, method, fingerprint, response, \(recordedAt)
      FROM unnest(
        \(answered.map(\.command.key)), \(answered.map(\.command.method)), \(answered.map(\.command.fingerprint)),
        \(answered.map(\.response))
      ) AS command (key, method, fingerprint, response)
      """
  }

  /// Forgets up to `limit` commands that were carried out longer ago than `age`, by the system's clock; its `affected` tells how many there
  /// were. Replicas that do this at the same time take different ones.
  public static func prune(olderThan age: Duration, limit: Int = 10_000) -> SQL {
    """
    DELETE FROM commands WHERE key IN (
      SELECT key FROM commands
      WHERE stored_at < clock_timestamp() - make_interval(secs => \(age.inSeconds))
      LIMIT \(limit) FOR UPDATE SKIP LOCKED)
    """
  }
}
