internal import CityModel
internal import CommonAPI
internal import Events
internal import IntakeAPI
internal import IntakeDomain
internal import NodeKit

// What people do to reports that were taken in.
extension IntakeFacts {
  static func placed(_ report: StoredReport, _ place: CityModel.Place, _ actor: IntakeDomain.Actor, at now: Instant) -> NewEvent {
    let fact = ReportPlaced(reportId: report.id.bytes, caseId: report.caseID?.bytes ?? [], place: place.wire, actor: actor.wire)
    return event(IntakeKeys.reportPlaced, subject: report.caseID ?? report.id, now, .reportPlaced(fact))
  }

  static func unlinked(_ report: StoredReport, into opened: NewCase, _ reason: String, _ actor: IntakeDomain.Actor, at now: Instant)
    -> NewEvent
  {
    let fact = ReportUnlinked(
      reportId: report.id.bytes, caseId: report.caseID?.bytes ?? [], newCaseId: opened.id.bytes, reason: reason, actor: actor.wire,
      newCaseNumber: opened.number)
    return event(IntakeKeys.reportUnlinked, subject: report.caseID ?? report.id, now, .reportUnlinked(fact))
  }

  static func rejected(_ report: StoredReport, _ reason: String, caseIsEmpty: Bool, _ actor: IntakeDomain.Actor, at now: Instant)
    -> NewEvent
  {
    let fact = ReportRejected(
      reportId: report.id.bytes, caseId: report.caseID?.bytes ?? [], reason: reason, actor: actor.wire, caseIsEmpty: caseIsEmpty)
    return event(IntakeKeys.reportRejected, subject: report.caseID ?? report.id, now, .reportRejected(fact))
  }

  /// The case that an unlinked report gets.
  static func filed(
    _ report: StoredReport, as opened: NewCase, _ kind: IntakeDomain.CodeTable.Code, _ standard: IntakeDomain.FilingStandard,
    at now: Instant
  ) -> NewEvent {
    let fact = CaseFiled(
      caseId: opened.id.bytes, number: opened.number, reportId: report.id.bytes, channel: report.channel.wire, kind: report.kind,
      kindName: kind.name, text: report.text, place: report.place.wire, standard: standard.wire, dueAtUs: report.dueAt?.microseconds,
      ownerDepartment: report.ownerDepartment, ownerCrew: report.ownerCrew, urgent: report.urgent || standard.urgent,
      externalRef: report.externalRef, unplaced: report.unplaced != nil, kindNameEn: kind.nameInEnglish)
    return event(IntakeKeys.caseFiled, subject: opened.id, now, .caseFiled(fact))
  }
}

extension IntakeDomain.Actor {
  var wire: CommonAPI.Actor { CommonAPI.Actor(id: id, role: role, name: name) }

  /// - Parameter district: that the actor's account names; nil or empty: none.
  init(_ wire: CommonAPI.Actor?, in district: String? = nil) {
    self.init(id: wire?.id ?? "", role: wire?.role ?? "", name: wire?.name ?? "", district: district ?? "")
  }
}
