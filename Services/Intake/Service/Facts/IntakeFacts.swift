internal import CityModel
internal import CommonAPI
internal import Events
internal import IntakeAPI
internal import IntakeDomain
internal import NodeKit
internal import Wire

/// Intake's facts as they travel.
enum IntakeFacts {
  /// The facts of a report that was just taken in, in the order in which they are told.
  static func facts(of filed: FiledReport) -> [NewEvent] {
    let received = event(IntakeKeys.reportReceived, subject: filed.report.id, filed.report.occurredAt, .reportReceived(received(filed)))
    switch filed.outcome {
    case .filed:
      return [
        received, event(IntakeKeys.caseFiled, subject: filed.report.filing.caseID, filed.report.occurredAt, .caseFiled(caseFiled(filed))),
      ]
    case .linked(let match):
      let linked = ReportLinked(
        reportId: filed.report.id.bytes, caseId: match.opened.id.bytes, caseNumber: match.opened.number,
        reason: filed.duplicateReason.chinese, reasonEn: filed.duplicateReason.english)
      return [received, event(IntakeKeys.reportLinked, subject: match.opened.id, filed.report.occurredAt, .reportLinked(linked))]
    case .notFiled: return [received]
    }
  }

  static func event(_ type: String, subject: Identifier, _ occurredAt: Instant, _ fact: IntakeEvent.Fact) -> NewEvent {
    NewEvent(type: type, subject: subject, occurredAt: occurredAt, body: IntakeEvent(fact: fact).encoded())
  }

  private static func received(_ filed: FiledReport) -> ReportReceived {
    let report = filed.report
    return ReportReceived(
      reportId: report.id.bytes, state: filed.state.wire, channel: report.channel.wire, kind: report.filing.kind.code,
      caseId: filed.caseID?.bytes ?? [], caseNumber: filed.caseNumber, place: report.placement.place.wire,
      externalRef: report.submission.externalRef, reason: filed.reason.chinese, duplicateOf: filed.duplicate?.bytes ?? [],
      sealedName: report.sealedName, sealedPhone: report.sealedPhone, unplaced: report.placement.unplaced != nil,
      reasonEn: filed.reason.english)
  }

  private static func caseFiled(_ filed: FiledReport) -> CaseFiled {
    let report = filed.report
    return CaseFiled(
      caseId: report.filing.caseID.bytes, number: filed.caseNumber, reportId: report.id.bytes, channel: report.channel.wire,
      kind: report.filing.kind.code, kindName: report.filing.kind.name, text: report.submission.text,
      place: report.placement.place.wire, standard: report.filing.standard?.wire, dueAtUs: report.submission.dueAt?.microseconds,
      ownerDepartment: report.submission.ownerDepartment, ownerCrew: report.submission.ownerCrew,
      urgent: report.submission.urgent || report.filing.standard?.urgent == true, duplicateOf: filed.duplicate?.bytes ?? [],
      externalRef: report.submission.externalRef, unplaced: report.placement.unplaced != nil,
      kindNameEn: report.filing.kind.nameInEnglish)
  }
}
