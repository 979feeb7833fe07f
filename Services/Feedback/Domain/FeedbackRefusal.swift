/// Why a request was refused, for the person who made it.
public enum FeedbackRefusal: Error, Sendable, Hashable, CaseIterable {
  /// No such number, or the token is not its: the two are not told apart.
  case unknownOrSecretWrong
  case unknownReport
  case scoreOutOfRange
  case textTooLong
  case notAsked
  case alreadyAnswered
  case unmaskReasonNeeded
  case badPage

  /// Stable, for programs.
  public var code: String {
    switch self {
    case .unknownOrSecretWrong: "feedback.unknown_or_secret_wrong"
    case .unknownReport: "feedback.unknown_report"
    case .scoreOutOfRange: "feedback.score_out_of_range"
    case .textTooLong: "feedback.text_too_long"
    case .notAsked: "feedback.not_asked"
    case .alreadyAnswered: "feedback.already_answered"
    case .unmaskReasonNeeded: "feedback.unmask_reason_needed"
    case .badPage: "feedback.bad_page"
    }
  }

  /// A sentence for people.
  public var sentence: String {
    switch self {
    case .unknownOrSecretWrong: "编号或查询码不正确。The number or the secret is not right."
    case .unknownReport: "没有这条上报。There is no such report."
    case .scoreOutOfRange: "请给 1 至 5 分。The score is 1 to 5."
    case .textTooLong: "评价文字不超过 \(FollowUp.textLimit) 字。The text may have at most \(FollowUp.textLimit) characters."
    case .notAsked: "案卷结案后方可评价。The question is asked when the case is closed."
    case .alreadyAnswered: "您已评价过。You have answered already."
    case .unmaskReasonNeeded: "查看完整信息须填写理由（至少 4 个字）和操作人。Seeing it whole needs an actor and a reason of 4 characters or more."
    case .badPage: "翻页标记无效。The page token is not one that this service gave."
    }
  }
}
