internal import CityModel

/// 回访: the question to one reporter how it went, and the answer.
public struct FollowUp: Sendable, Hashable {
  /// At this score and below the reporter is dissatisfied.
  public static let dissatisfiedUpTo: Int16 = 2
  /// Most characters (code points) of an answer's text.
  public static let textLimit = 1_000
  /// How often dissatisfaction reopens one case.
  public static let reopenLimit = 1

  /// The reporter was asked, and the case has not been reopened since.
  public var isAsked: Bool
  public var score: Int16?
  /// How often reporters' dissatisfaction has reopened the case.
  public var reopenings: Int

  public init(isAsked: Bool, score: Int16?, reopenings: Int) {
    self.isAsked = isAsked
    self.score = score
    self.reopenings = reopenings
  }

  public var canRate: Bool { isAsked && score == nil }
  public var canReopen: Bool { canRate && reopenings < Self.reopenLimit }

  /// What an answer means.
  public struct Verdict: Sendable, Hashable {
    public let score: Int16
    public let isSatisfied: Bool
    public let reopens: Bool
  }

  public func rate(score: Int32, text: String) throws(FeedbackRefusal) -> Verdict {
    guard (1...5).contains(score) else { throw .scoreOutOfRange }
    guard PlainText.isFree(text, atMost: Self.textLimit) else { throw .textTooLong }
    guard self.score == nil else { throw .alreadyAnswered }
    guard isAsked else { throw .notAsked }
    let satisfied = score > Self.dissatisfiedUpTo
    return Verdict(score: Int16(score), isSatisfied: satisfied, reopens: !satisfied && canReopen)
  }
}
