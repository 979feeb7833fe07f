internal import CityModel
internal import Events
internal import IntakeDomain
internal import Postgres

/// What the commands on one stored report share: idempotency, the lock on the report, the facts.
struct ReportCommand: Sendable {
  let database: Database
  let clock: any CityClock

  /// What a command does to the report: statements and facts, in this order before the commit.
  struct Change {
    var statements: [SQL] = []
    var facts: [NewEvent] = []
  }

  /// Runs `decide` on the locked report, once for each key.
  /// - Returns: where its facts end in the log, the same for a repetition.
  /// - Throws: `Refusal`, `CommandConflict`, `PostgresError`.
  func perform(
    on report: Identifier, by actor: Actor, _ command: Command,
    _ decide: (StoredReport, Instant, Transaction) async throws -> Change
  ) async throws -> EventPosition {
    try Submission.check(command.key, .idempotencyKey, SubmissionLimits.key)
    let now = clock.now()
    let answer = try await CommandLog.once(command, in: database, recordedAt: now) { transaction in
      let rows = try await transaction.query(ReportStore.find(report, locked: true))
      guard let stored = try ReportStore.reports(rows).first else { throw Refusal.unknownReport }
      try ReportRights.check(actor.district, mayTouch: stored.place.districtCode)
      let change = try await decide(stored, now, transaction)
      let appended = try await transaction.pipeline(change.statements + [EventLog.append(change.facts, recordedAt: now)])
      // Of a command that made no fact there is nothing to wait for.
      let position = try appended.last.flatMap(EventLog.position) ?? .start
      return CommandOutcome(response: position.stored)
    }
    return try EventPosition(stored: answer)
  }
}
