/// Who did something by hand.
public struct Actor: Sendable, Hashable {
  public let id: String
  public let role: String
  public let name: String
  /// The district that the actor is confined to, as an account says; empty: the whole city.
  public let district: String

  public init(id: String, role: String, name: String, district: String = "") {
    self.id = id
    self.role = role
    self.name = name
    self.district = district
  }

  public func validate() throws(Refusal) {
    for text in [id, role, name] { try Submission.check(text, .actor, SubmissionLimits.reference) }
  }
}

/// A reason that a person gave: 1 to 1,000 characters.
public struct Reason: Sendable, Hashable {
  public static let limit = 1_000
  public let text: String

  public init(_ text: String, for action: ReportAction) throws(Refusal) {
    guard text.contains(where: { !$0.isWhitespace }) else { throw .reasonRequired(action) }
    try Submission.check(text, .reason, Self.limit)
    self.text = text
  }
}
