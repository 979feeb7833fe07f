internal import CityModel
internal import Events
internal import IntakeDomain
internal import Postgres

/// 撤销并案: a person saw that a linked report is another matter; it gets a case of its own.
struct UnlinkReport: Sendable {
  static let method = "/chengyun.intake.v1.Intake/UnlinkReport"

  let command: ReportCommand
  let book: ReferenceBook
  let timeZone: CityTimeZone

  /// - Returns: where its facts end in the log.
  @discardableResult
  func callAsFunction(_ id: Identifier, reason: String, by actor: Actor, key: String, request: [UInt8]) async throws -> EventPosition {
    let reason = try Reason(reason, for: .unlink)
    try actor.validate()
    let reference = book.current
    return try await command.perform(on: id, by: actor, Command(key: key, method: Self.method, request: request)) {
      report, now, transaction in
      _ = try report.state.after(.unlink)
      guard let standard = reference.standards.standard(for: report.kind, urgent: report.urgent, at: report.occurredAt) else {
        throw Refusal.stillNotFiled(kind: report.kind)
      }
      let sequence = try await transaction.query(FilingStore.numbers(1))[0][0, Int64.self]
      let opened = NewCase(
        id: Identifier.v7(at: now), number: CaseNumber(day: timeZone.date(now), sequence: sequence).description, kind: report.kind,
        point: report.place.point, openedAt: report.occurredAt)
      let kind = try? reference.codes.kind(report.kind, at: report.occurredAt).kind
      return ReportCommand.Change(
        statements: [FilingStore.insertCases([opened]), ReportStore.unlink(id, into: opened.id, reason: reason.text)],
        facts: [
          IntakeFacts.unlinked(report, into: opened, reason.text, actor, at: now),
          IntakeFacts.filed(report, as: opened, kind ?? CodeTable.Code(code: report.kind, name: report.kind), standard, at: now),
        ])
    }
  }
}
