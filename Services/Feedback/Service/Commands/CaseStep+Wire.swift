internal import CityModel
internal import DispatchAPI
internal import FeedbackDomain

/// A fact that this build cannot read: the consumer stops, rather than keep something from a citizen.
struct UnreadableFact: Error, CustomStringConvertible {
  let description: String
}

extension Identifier {
  init(wire bytes: [UInt8]) throws {
    guard let id = Identifier(bytes: bytes) else { throw UnreadableFact(description: "an id of \(bytes.count) bytes") }
    self = id
  }
}

extension CaseStep {
  /// The public step that a fact of dispatch is; nil when the fact is the office's own business.
  init?(_ change: CaseChanged) throws {
    guard let fact = change.fact, let file = change.caseFile, let kind = MilestoneKind(fact.kind) else { return nil }
    let owed = kind == .reopened || kind == .cancelled || kind == .referred
    self.init(
      caseID: try Identifier(wire: file.id), version: fact.version, kind: kind, number: file.number, department: file.department,
      reason: owed ? fact.reason : "", occurredAt: Instant(microseconds: fact.occurredAtUs))
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
