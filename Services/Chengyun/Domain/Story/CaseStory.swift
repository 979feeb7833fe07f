public import CityModel

/// Everything that is known of one case, ready to be told.
public struct CaseStory: Sendable, Hashable {
  public struct Report: Sendable, Hashable {
    public var at: Instant
    public var channel: String
    public var text: String
    public var externalRef: String
    /// Already masked.
    public var reporter: String
    public var duplicateReason: String
    public var unplacedReason: String

    public init(
      at: Instant, channel: String, text: String, externalRef: String = "", reporter: String = "", duplicateReason: String = "",
      unplacedReason: String = ""
    ) {
      self.at = at
      self.channel = channel
      self.text = text
      self.externalRef = externalRef
      self.reporter = reporter
      self.duplicateReason = duplicateReason
      self.unplacedReason = unplacedReason
    }
  }

  public struct Fact: Sendable, Hashable {
    public var kind: FactWord
    public var at: Instant
    public var actor: String
    public var reason: String
    public var department: String
    public var crew: String
    public var outOfOrder: Bool

    public init(
      kind: FactWord, at: Instant, actor: String = "", reason: String = "", department: String = "", crew: String = "",
      outOfOrder: Bool = false
    ) {
      self.kind = kind
      self.at = at
      self.actor = actor
      self.reason = reason
      self.department = department
      self.crew = crew
      self.outOfOrder = outOfOrder
    }
  }

  /// What a reporter was told.
  public struct Message: Sendable, Hashable {
    public var at: Instant
    public var zh: String
    public var en: String
    public var delivered: Bool

    public init(at: Instant, zh: String, en: String, delivered: Bool) {
      self.at = at
      self.zh = zh
      self.en = en
      self.delivered = delivered
    }
  }

  public var number: String
  public var state: StateWord
  public var kindZh: String
  public var kindEn: String
  public var place: Place
  public var unplaced: Bool
  public var filedAt: Instant
  public var due: Instant?
  public var dueExplanation: String
  public var overdue: Bool
  public var duplicateOf: String?
  public var reports: [Report]
  public var facts: [Fact]
  public var messages: [Message]

  public init(
    number: String, state: StateWord, kindZh: String, kindEn: String, place: Place, unplaced: Bool, filedAt: Instant, due: Instant?,
    dueExplanation: String, overdue: Bool, duplicateOf: String?, reports: [Report], facts: [Fact], messages: [Message]
  ) {
    self.number = number
    self.state = state
    self.kindZh = kindZh
    self.kindEn = kindEn
    self.place = place
    self.unplaced = unplaced
    self.filedAt = filedAt
    self.due = due
    self.dueExplanation = dueExplanation
    self.overdue = overdue
    self.duplicateOf = duplicateOf
    self.reports = reports
    self.facts = facts
    self.messages = messages
  }
}

/// The languages a story is told in.
public enum StoryLanguage: String, Sendable, Hashable, CaseIterable {
  case zh, en
}
