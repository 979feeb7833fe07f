internal import CityModel
internal import CommonAPI
internal import DispatchAPI
internal import Events
internal import FeedbackDomain

extension CaseStep {
  /// The public step that a fact of dispatch is; nil when the fact is the office's own business, or of a kind that is not known here.
  init?(_ change: CaseChanged) throws {
    guard let fact = change.fact, let file = change.caseFile, fact.kind != .unspecified, fact.version > 0 else {
      throw FactProblem("a change of a case without the case, the kind or the version")
    }
    let id = try Identifier(inFact: file.id)
    guard let kind = MilestoneKind(fact.kind) else { return nil }
    // What one reporter wrote when reopening the case is not for the others.
    let isOwed = (kind == .reopened || kind == .cancelled || kind == .referred) && fact.actor?.role != "citizen"
    self.init(
      caseID: id, version: fact.version, kind: kind, number: file.number, department: file.department,
      departmentName: Words(change.departmentName, change.departmentNameEn), reason: isOwed ? Words(fact.reason, fact.reasonEn) : .none,
      occurredAt: Instant(microseconds: fact.occurredAtUs))
  }
}

extension MilestoneKind {
  fileprivate init?(_ fact: FactKind) {
    switch fact {
    case .dispatched: self = .dispatched
    case .handled: self = .handled
    case .closed: self = .closed
    case .reopened: self = .reopened
    case .cancelled: self = .cancelled
    case .referred: self = .referred
    default: return nil
    }
  }
}
