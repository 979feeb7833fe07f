internal import CityModel
internal import CommonAPI
internal import DispatchAPI
internal import DispatchDomain
internal import Wire

extension Fact {
  var wire: DispatchAPI.CaseFact {
    var wire = DispatchAPI.CaseFact()
    wire.version = version
    wire.kind = DispatchAPI.FactKind(rawValue: Int32(kind.rawValue))
    wire.fromState = from?.wire ?? .unspecified
    wire.toState = to.wire
    wire.actor = CommonAPI.Actor(id: actor.id, role: actor.role.rawValue, name: actor.name)
    wire.reason = reason
    wire.reasonEn = reasonEnglish
    wire.occurredAtUs = occurredAt.microseconds
    wire.recordedAtUs = recordedAt.microseconds
    wire.department = department
    wire.crew = crew
    wire.outOfOrder = outOfOrder
    wire.authority = authority
    wire.evidence = evidence
    if let deadline {
      wire.dueAtUs = deadline.due?.microseconds
      wire.dueExplanation = deadline.words.chinese
      wire.dueExplanationEn = deadline.words.english
    }
    wire.dispatchReason = dispatchReason.map { reason in
      DispatchAPI.DispatchReason(
        rule: DispatchAPI.DispatchRule(rawValue: Int32(reason.rule.rawValue)), matrixVersion: reason.matrixVersion,
        matched: reason.matched?.wire, alternatives: reason.alternatives.map(\.wire))
    }
    return wire
  }

  /// The body of the event `dispatch.case_changed`: the fact, the whole case after it, and the name of its department.
  func eventBody(_ after: CaseFile, department: Words) -> [UInt8] {
    let change = CaseChanged(
      fact: wire, caseFile: after.wire, departmentName: department.chinese, departmentNameEn: department.english)
    return DispatchEvent(fact: .caseChanged(change)).encoded(prefix: 0)
  }
}
