internal import CityModel
internal import CommonAPI
internal import DispatchAPI
internal import DispatchDomain
internal import NodeKit

extension DispatchDomain.CaseState {
  var wire: DispatchAPI.CaseState { DispatchAPI.CaseState(rawValue: Int32(rawValue)) }

  /// Nil for what is no state: unspecified, or a number that this build does not know.
  init?(_ wire: DispatchAPI.CaseState) {
    self.init(rawValue: Int16(truncatingIfNeeded: wire.rawValue))
  }
}

extension CaseFile {
  var wire: DispatchAPI.Case {
    var wire = DispatchAPI.Case()
    wire.id = id.bytes
    wire.number = number
    wire.state = state.wire
    wire.version = version
    wire.kind = kind
    wire.kindName = kindName
    wire.kindNameEn = kindNameEnglish
    wire.text = text
    wire.place = place.wire
    wire.department = department
    wire.crew = crew
    wire.urgent = urgent
    wire.overdue = overdue
    wire.supervised = supervised
    wire.filedAtUs = filedAt.microseconds
    wire.dueAtUs = deadline.due?.microseconds
    wire.dueExplanation = deadline.words.chinese
    wire.dueExplanationEn = deadline.words.english
    wire.endedAtUs = endedAt?.microseconds ?? 0
    wire.standardId = standard.id
    wire.standardVersion = standard.version
    wire.checkRequired = standard.checkRequired
    wire.reportCount = reportCount
    wire.reopenCount = reopenCount
    wire.reworkCount = reworkCount
    wire.returnCount = returnCount
    wire.externalRef = externalRef
    wire.channel = channel
    wire.duplicateOf = duplicateOf?.bytes ?? []
    wire.unplaced = unplaced
    wire.dispatchDueAtUs = dispatchDueAt.microseconds
    wire.dispatchedAtUs = dispatchedAt?.microseconds ?? 0
    wire.handledAtUs = handledAt?.microseconds ?? 0
    wire.authority = authority
    return wire
  }
}

extension DispatchDomain.Responsibility {
  var wire: DispatchAPI.Responsibility {
    DispatchAPI.Responsibility(kind: kind, areaCode: area, department: department, crew: crew)
  }

  init(_ wire: DispatchAPI.Responsibility) {
    self.init(kind: wire.kind, area: wire.areaCode, department: wire.department, crew: wire.crew)
  }
}
