internal import CityModel
internal import Events
internal import IntakeDomain
internal import Postgres

/// 不予受理: a report that had been taken in is turned down, with a reason that the reporter sees. A case that no report is left on leaves
/// the index of open cases, so that nothing joins it any more; dispatch ends it.
struct RejectReport: Sendable {
  static let method = "/chengyun.intake.v1.Intake/RejectReport"

  let command: ReportCommand

  /// - Returns: where its facts end in the log.
  @discardableResult
  func callAsFunction(_ id: Identifier, reason: String, by actor: Actor, key: String, request: [UInt8]) async throws -> EventPosition {
    let reason = try Reason(reason, for: .reject)
    try actor.validate()
    return try await command.perform(on: id, by: actor, Command(key: key, method: Self.method, request: request)) {
      report, now, transaction in
      _ = try report.state.after(.reject)
      var change = ReportCommand.Change(statements: [ReportStore.reject(id, reason: reason.text)])
      var isEmpty = false
      if let caseID = report.caseID {
        isEmpty = try await isAlone(id, on: caseID, transaction)
        if isEmpty { change.statements.append(ReportStore.void(caseID)) }
      }
      change.facts = [IntakeFacts.rejected(report, reason.text, caseIsEmpty: isEmpty, actor, at: now)]
      return change
    }
  }

  private func isAlone(_ report: Identifier, on caseID: Identifier, _ transaction: Transaction) async throws -> Bool {
    if let spot = try ReportStore.caseSpot(try await transaction.query(ReportStore.lockCase(caseID))) {
      try await transaction.query(FilingStore.lock(around: spot))
    }
    return try await !transaction.query(ReportStore.otherReports(of: caseID, than: report))[0][0, Bool.self]
  }
}
