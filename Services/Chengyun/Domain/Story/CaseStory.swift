public import CityModel

/// A text in both languages. What a person wrote stands in both as it was written.
public struct StoryText: Sendable, Hashable {
  public let zh: String
  public let en: String

  /// An empty English text means that there is only the one.
  public init(_ zh: String, _ en: String = "") {
    self.zh = zh
    self.en = en.isEmpty ? zh : en
  }

  public var isEmpty: Bool { zh.isEmpty }

  func text(_ language: StoryLanguage) -> String { language == .zh ? zh : en }
}

/// Everything that is known of one case, ready to be told.
public struct CaseStory: Sendable, Hashable {
  public struct Report: Sendable, Hashable {
    public var at: Instant
    public var channel: String
    public var text: StoryText
    public var externalRef: String
    /// Already masked.
    public var reporter: String
    public var duplicateReason: StoryText
    public var unplacedReason: StoryText
    /// What came with it: kind and content.
    public var evidence: [String]

    public init(
      at: Instant, channel: String, text: StoryText, externalRef: String = "", reporter: String = "",
      duplicateReason: StoryText = StoryText(""), unplacedReason: StoryText = StoryText(""), evidence: [String] = []
    ) {
      self.at = at
      self.channel = channel
      self.text = text
      self.externalRef = externalRef
      self.reporter = reporter
      self.duplicateReason = duplicateReason
      self.unplacedReason = unplacedReason
      self.evidence = evidence
    }
  }

  public struct Fact: Sendable, Hashable {
    public var kind: FactWord
    public var at: Instant
    public var actor: StoryText
    public var reason: StoryText
    public var department: StoryText
    public var crew: StoryText
    public var outOfOrder: Bool

    public init(
      kind: FactWord, at: Instant, actor: StoryText = StoryText(""), reason: StoryText = StoryText(""),
      department: StoryText = StoryText(""), crew: StoryText = StoryText(""),
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
    public var text: StoryText
    public var delivered: Bool

    public init(at: Instant, text: StoryText, delivered: Bool) {
      self.at = at
      self.text = text
      self.delivered = delivered
    }
  }

  public var number: String
  public var state: StateWord
  public var kind: StoryText
  public var place: Place
  /// The divisions that it lies in, from the largest down.
  public var divisions: [StoryText]
  public var unplaced: Bool
  public var filedAt: Instant
  public var due: Instant?
  public var dueExplanation: StoryText
  /// The filing standard with its version, as an operator looks it up; empty when the case has none.
  public var standard: String
  public var overdue: Bool
  /// The number of the open case that it was recognised to repeat.
  public var duplicateOf: String?
  public var reports: [Report]
  /// How many reports the case has beside these.
  public var furtherReports: Int
  public var facts: [Fact]
  public var messages: [Message]
  /// More was told than these.
  public var hasFurtherMessages: Bool

  public init(
    number: String, state: StateWord, kind: StoryText, place: Place, divisions: [StoryText] = [], unplaced: Bool, filedAt: Instant,
    due: Instant?, dueExplanation: StoryText, standard: String = "", overdue: Bool, duplicateOf: String?, reports: [Report],
    furtherReports: Int = 0, facts: [Fact], messages: [Message], hasFurtherMessages: Bool = false
  ) {
    self.number = number
    self.state = state
    self.kind = kind
    self.place = place
    self.divisions = divisions
    self.unplaced = unplaced
    self.filedAt = filedAt
    self.due = due
    self.dueExplanation = dueExplanation
    self.standard = standard
    self.overdue = overdue
    self.duplicateOf = duplicateOf
    self.reports = reports
    self.furtherReports = furtherReports
    self.facts = facts
    self.messages = messages
    self.hasFurtherMessages = hasFurtherMessages
  }
}

/// The languages a story is told in.
public enum StoryLanguage: String, Sendable, Hashable, CaseIterable {
  case zh, en
}
