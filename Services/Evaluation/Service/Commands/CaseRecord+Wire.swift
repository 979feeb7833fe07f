internal import CityModel
internal import CommonAPI
internal import DispatchAPI
internal import EvaluationDomain
internal import Events
internal import IntakeAPI
internal import NodeKit

extension CaseRecord {
  /// The snapshot that came with a fact of dispatch.
  init(_ change: DispatchAPI.CaseChanged) throws(FactProblem) {
    guard let file = change.caseFile else { throw FactProblem("a change without its case") }
    let outcome = Outcome(file.state)
    self.init(
      id: try Identifier(inFact: file.id), version: file.version, number: file.number, externalRef: file.externalRef, kind: file.kind,
      channel: IntakeAPI.Channel(rawValue: file.channel).code, district: file.place?.districtCode ?? "",
      street: file.place?.streetCode ?? "", community: file.place?.communityCode ?? "", department: file.department, crew: file.crew,
      outcome: outcome, filedAt: Instant(microseconds: file.filedAtUs), dueAt: file.dueAtUs.map(Instant.init(microseconds:)),
      dispatchedAt: Instant(given: file.dispatchedAtUs), handledAt: Instant(given: file.handledAtUs),
      endedAt: Instant(given: file.endedAtUs), urgent: file.urgent, overdue: file.overdue, supervised: file.supervised,
      duplicate: !file.duplicateOf.isEmpty, unplaced: file.unplaced, returns: file.returnCount, reworks: file.reworkCount,
      reopens: file.reopenCount, checkRequired: file.checkRequired)
  }
}

extension CaseStep {
  /// Nil for a fact that is none.
  init?(_ change: DispatchAPI.CaseChanged, of caseID: Identifier) {
    guard let fact = change.fact else { return nil }
    let kind: Kind? =
      switch fact.kind {
      case .handled: .handled
      case .checkPassed, .checkFailed: .checked
      default: nil
      }
    guard let kind else { return nil }
    self.init(caseID: caseID, version: fact.version, kind: kind, at: Instant(microseconds: fact.occurredAtUs))
  }
}

extension Outcome {
  fileprivate init(_ state: CaseState) {
    switch state {
    case .closed: self = .closed
    case .cancelled: self = .cancelled
    case .referred: self = .referred
    default: self = .open
    }
  }
}

extension IntakeAPI.Channel {
  /// The code by which figures are grouped.
  var code: String {
    switch self {
    case .unspecified: ""
    case .hotline: "hotline"
    case .app: "app"
    case .web: "web"
    case .collector: "collector"
    case .leader: "leader"
    case .camera: "camera"
    case .sensor: "sensor"
    case .transfer: "transfer"
    case .email: "email"
    case .counter: "counter"
    case .open311: "open311"
    case .unrecognized(let number): "channel-\(number)"
    }
  }
}
