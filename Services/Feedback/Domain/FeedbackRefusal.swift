/// Why a request was refused, for the person who made it.
public enum FeedbackRefusal: Error, Sendable, Hashable, CaseIterable {
  /// No such number, or the token is not its: the two are not told apart.
  case unknownOrSecretWrong
  case unknownReport
  case scoreOutOfRange
  case textTooLong
  case notAsked
  case alreadyAnswered
  case keyNotUsable
  case unmaskReasonNeeded
  case unmaskRoleMayNot
  case otherDistrict
  case tooManyFollowers
  case badPage
  case unknownDelivery

  /// Stable, for programs.
  public var code: String {
    switch self {
    case .unknownOrSecretWrong: "feedback.unknown_or_secret_wrong"
    case .unknownReport: "feedback.unknown_report"
    case .scoreOutOfRange: "feedback.score_out_of_range"
    case .textTooLong: "feedback.text_too_long"
    case .notAsked: "feedback.not_asked"
    case .alreadyAnswered: "feedback.already_answered"
    case .keyNotUsable: "feedback.key_not_usable"
    case .unmaskReasonNeeded: "feedback.unmask_reason_needed"
    case .unmaskRoleMayNot: "feedback.unmask_role_may_not"
    case .otherDistrict: "feedback.other_district"
    case .tooManyFollowers: "feedback.too_many_followers"
    case .badPage: "feedback.bad_page"
    case .unknownDelivery: "feedback.unknown_delivery"
    }
  }

  /// A sentence for people.
  public var sentence: String {
    switch self {
    case .unknownOrSecretWrong: "编号或查询码不正确。The number or the secret is not right."
    case .unknownReport: "没有这条上报。There is no such report."
    case .scoreOutOfRange: "请给 1 至 5 分。The score is 1 to 5."
    case .textTooLong:
      "评价文字不超过 \(FollowUp.textLimit) 字，不含控制字符。The text may have at most \(FollowUp.textLimit) characters, and no control characters."
    case .notAsked: "案卷结案后方可评价。The question is asked when the case is closed."
    case .alreadyAnswered: "您已评价过。You have answered already."
    case .keyNotUsable: "幂等键最多 200 个字符，不含控制字符。idempotency_key has at most 200 characters, and no control characters."
    case .unmaskReasonNeeded: "查看完整信息须填写理由（4 至 500 个字）和操作人。Seeing it whole needs an actor and a reason of 4 to 500 characters."
    case .unmaskRoleMayNot: "该角色不能查看上报人的完整信息。This role may not see who reported."
    case .otherDistrict: "该上报属于其他辖区，您的账户仅限本辖区。The report belongs to a district other than your account's."
    case .tooManyFollowers: "关注的人过多，请稍后再试，或改用查询。Too many are following; try again later, or ask for the progress once."
    case .badPage: "翻页标记无效。The page token is not one that this service gave."
    case .unknownDelivery: "没有这种送达状态。There is no such state of delivery."
    }
  }
}
