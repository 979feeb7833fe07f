internal import CityModel
internal import Events
internal import IntakeDomain

/// 定位: a person found out where a report is.
struct PlaceReport: Sendable {
  static let method = "/chengyun.intake.v1.Intake/PlaceReport"

  let command: ReportCommand
  let book: ReferenceBook

  /// - Returns: where its facts end in the log.
  @discardableResult
  func callAsFunction(_ id: Identifier, _ place: Place, by actor: Actor, key: String, request: [UInt8]) async throws -> EventPosition {
    try place.check()
    try actor.validate()
    let divisions = book.current.divisions
    try divisions.checkCodes(of: place)
    let placement = divisions.place(place)
    guard placement.unplaced == nil else { throw Refusal.stillUnplaced }
    try ReportRights.check(actor.district, mayTouch: placement.place.districtCode)
    return try await command.perform(on: id, by: actor, Command(key: key, method: Self.method, request: request)) { report, now, _ in
      let state = try report.state.after(.place)
      var change = ReportCommand.Change(statements: [ReportStore.place(id, placement)])
      if state == .filed, let caseID = report.caseID, let point = placement.place.point {
        change.statements.append(ReportStore.moveCase(caseID, to: point))
      }
      change.facts = [IntakeFacts.placed(report, placement.place, actor, at: now)]
      return change
    }
  }
}
