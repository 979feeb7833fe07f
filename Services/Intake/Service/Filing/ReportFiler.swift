internal import CityModel
internal import Events
internal import IntakeDomain
internal import Postgres

/// Files a batch of reports in one transaction of two round trips: lock and look, then write and commit.
struct ReportFiler: Sendable {
  let database: Database
  let clock: any CityClock
  let timeZone: CityTimeZone

  /// What became of one report of a batch.
  typealias Result = Swift.Result<FilingAnswer, Refusal>

  /// - Parameters:
  ///   - reserve: Running numbers drawn before; refilled here.
  ///   - onLocked: Called once when the batch holds its locks and has read what it needs.
  /// - Throws: `PostgresError`; nothing of the batch is stored then, or, after a lost connection, all of it or nothing.
  func file(_ reports: [PreparedReport], reserve: NumberReserve, onLocked: () -> Void) async throws -> [Result] {
    try await database.transaction(planning: .once) { transaction in
      let known = try await look(reports, reserve, transaction)
      onLocked()
      var batch = FilingBatch(reports: reports, known: known, timeZone: timeZone)
      batch.decide(reserve)
      guard !batch.filed.isEmpty else {
        let rows = try await transaction.commit(after: [FilingStore.lastFact(of: batch.repeatedReports())])
        return try batch.results(position: nil, repeatedAt: FilingStore.position(rows[0]))
      }
      let statements = FilingStore.write(batch.filed, recordedAt: clock.now())
      let rows = try await transaction.commit(after: statements.all)
      let position = try EventLog.position(of: rows[statements.eventsIndex])
      return try batch.results(position: position, repeatedAt: position)
    }
  }

  private func look(_ reports: [PreparedReport], _ reserve: NumberReserve, _ transaction: Transaction) async throws -> FilingKnowledge {
    let rows = try await transaction.pipeline([
      FilingStore.lock(reports), CommandLog.find(reports.map(\.command.key)), FilingStore.candidates(reports),
      FilingStore.numbers(reserve.missing(for: reports.count)),
    ])
    reserve.add(try rows[3].column(Int64.self))
    return FilingKnowledge(
      answered: try AnsweredCommand.byKey(rows[1]), candidates: try FilingStore.openCases(rows[2], count: reports.count))
  }
}

/// A command that was carried out before, as the log of commands has it. Not `CommandLog.answers`: a key that was used for something else
/// is its own report's fault, and the others of the batch are filed.
struct AnsweredCommand {
  let method: String
  let fingerprint: Int64
  let response: [UInt8]

  /// - Parameter rows: The answer to `CommandLog.find`.
  static func byKey(_ rows: Rows) throws -> [String: AnsweredCommand] {
    var answered: [String: AnsweredCommand] = [:]
    for (key, method, fingerprint, response) in try rows.decode(String.self, String.self, Int64.self, [UInt8].self) {
      answered[key] = AnsweredCommand(method: method, fingerprint: fingerprint, response: response)
    }
    return answered
  }

  func isAnswer(to command: Command) -> Bool { command.method == method && command.fingerprint == fingerprint }
}

/// What the database said about a batch.
struct FilingKnowledge {
  /// Commands that were answered before, by key.
  let answered: [String: AnsweredCommand]
  /// Open cases nearby, by the report's place in the batch.
  let candidates: [[OpenCase]]
}

/// Running numbers of cases that were drawn from the sequence and not used yet. Confined to its queue's reactor.
final class NumberReserve {
  private var numbers: [Int64] = []

  func missing(for count: Int) -> Int { max(0, count - numbers.count) }

  func add(_ drawn: [Int64]) { numbers = drawn.reversed() + numbers }

  func take() -> Int64 { numbers.removeLast() }
}
