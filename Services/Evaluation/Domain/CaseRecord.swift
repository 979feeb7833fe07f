public import CityModel

/// How a case stands, as the figures see it.
public enum Outcome: String, Sendable, Hashable {
  case open, closed, cancelled, referred
}

/// What evaluation keeps of a case: the newest snapshot that dispatch told.
public struct CaseRecord: Sendable, Hashable {
  public var id: Identifier
  public var version: Int32
  public var number: String
  public var externalRef: String
  public var kind: String
  public var channel: String
  public var district: String
  public var street: String
  public var community: String
  public var department: String
  public var crew: String
  public var outcome: Outcome
  public var filedAt: Instant
  public var dueAt: Instant?
  public var dispatchedAt: Instant?
  public var handledAt: Instant?
  /// When it was closed, cancelled or referred.
  public var endedAt: Instant?
  public var urgent: Bool
  public var overdue: Bool
  public var supervised: Bool
  public var duplicate: Bool
  public var unplaced: Bool
  public var returns: Int32
  public var reworks: Int32
  public var reopens: Int32
  public var checkRequired: Bool

  public init(
    id: Identifier, version: Int32, number: String, externalRef: String, kind: String, channel: String, district: String, street: String,
    community: String, department: String, crew: String, outcome: Outcome, filedAt: Instant, dueAt: Instant?, dispatchedAt: Instant?,
    handledAt: Instant?, endedAt: Instant?, urgent: Bool, overdue: Bool, supervised: Bool, duplicate: Bool, unplaced: Bool, returns: Int32,
    reworks: Int32, reopens: Int32, checkRequired: Bool
  ) {
    self.id = id
    self.version = version
    self.number = number
    self.externalRef = externalRef
    self.kind = kind
    self.channel = channel
    self.district = district
    self.street = street
    self.community = community
    self.department = department
    self.crew = crew
    self.outcome = outcome
    self.filedAt = filedAt
    self.dueAt = dueAt
    self.dispatchedAt = dispatchedAt
    self.handledAt = handledAt
    self.endedAt = endedAt
    self.urgent = urgent
    self.overdue = overdue
    self.supervised = supervised
    self.duplicate = duplicate
    self.unplaced = unplaced
    self.returns = returns
    self.reworks = reworks
    self.reopens = reopens
    self.checkRequired = checkRequired
  }

  /// Of several snapshots of each case the newest, in the order of their ids (so that concurrent writers lock rows in one order).
  public static func newest(of records: [CaseRecord]) -> [CaseRecord] {
    var newest: [Identifier: CaseRecord] = [:]
    for record in records where newest[record.id].map({ $0.version < record.version }) ?? true { newest[record.id] = record }
    return newest.values.sorted { $0.id < $1.id }
  }
}

/// Something that was done to a case at a moment, apart from its snapshot: it stays when the snapshot forgets it.
public struct CaseStep: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable {
    case handled, checked
  }

  public var caseID: Identifier
  /// The number of the fact within the case.
  public var version: Int32
  public var kind: Kind
  public var at: Instant

  public init(caseID: Identifier, version: Int32, kind: Kind, at: Instant) {
    self.caseID = caseID
    self.version = version
    self.kind = kind
    self.at = at
  }
}
