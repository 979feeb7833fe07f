public import CityModel

/// Something that happened to a case, with all that follows from it: applying a case's facts in order gives the case. Append-only.
public struct Fact: Sendable, Hashable {
  /// From 1 within the case, without gaps.
  public var version: Int32
  public var kind: FactKind
  /// Nil for the first fact.
  public var from: CaseState?
  public var to: CaseState
  public var actor: Actor
  /// As the actor wrote it; Chinese when a rule wrote it.
  public var reason: String
  /// English, when a rule wrote it.
  public var reasonEnglish: String
  public var occurredAt: Instant
  public var recordedAt: Instant
  /// The source says it happened before something that must precede it; kept as the source has it.
  public var outOfOrder: Bool
  /// Who has the case after the fact.
  public var department: String
  public var crew: String
  public var authority: String
  public var evidence: [String]
  public var dispatchReason: DispatchReason?
  /// The deadline that this fact set, nil when it left it as it was.
  public var deadline: CaseDeadline?
  public var place: Place?

  public init(
    version: Int32, kind: FactKind, from: CaseState?, to: CaseState, actor: Actor, reason: String, reasonEnglish: String,
    occurredAt: Instant, recordedAt: Instant, outOfOrder: Bool, department: String, crew: String, authority: String = "",
    evidence: [String] = [], dispatchReason: DispatchReason? = nil, deadline: CaseDeadline? = nil, place: Place? = nil
  ) {
    self.version = version
    self.kind = kind
    self.from = from
    self.to = to
    self.actor = actor
    self.reason = reason
    self.reasonEnglish = reasonEnglish
    self.occurredAt = occurredAt
    self.recordedAt = recordedAt
    self.outOfOrder = outOfOrder
    self.department = department
    self.crew = crew
    self.authority = authority
    self.evidence = evidence
    self.dispatchReason = dispatchReason
    self.deadline = deadline
    self.place = place
  }
}
