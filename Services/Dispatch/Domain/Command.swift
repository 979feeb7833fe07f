public import CityModel

/// What can be asked of a case.
public enum CommandKind: String, Sendable, Hashable, CaseIterable {
  case dispatch
  case accept
  case returnTask = "return"
  case reportHandled = "report_handled"
  case passCheck = "pass_check"
  case failCheck = "fail_check"
  case close
  case reopen
  case cancel
  case refer
  case supervise
  // By the service itself, and by what intake tells it.
  case markOverdue = "mark_overdue"
  case markNotDispatchable = "mark_not_dispatchable"
  case changeDeadline = "change_deadline"
  case linkReport = "link_report"
  case unlinkReport = "unlink_report"
  case place

  var index: Int { Self.indices[self]! }
  private static let indices = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })

  /// As a verb: "cannot …".
  public var words: Words {
    switch self {
    case .dispatch: Words("派遣", "dispatch it")
    case .accept: Words("接收", "accept it")
    case .returnTask: Words("回退", "return it")
    case .reportHandled: Words("反馈处置完成", "report it handled")
    case .passCheck: Words("核查通过", "pass its check")
    case .failCheck: Words("判定返工", "send it to rework")
    case .close: Words("结案", "close it")
    case .reopen: Words("重新办理", "reopen it")
    case .cancel: Words("作废", "cancel it")
    case .refer: Words("转出", "refer it")
    case .supervise: Words("督办", "supervise it")
    case .markOverdue: Words("标记超期", "mark it overdue")
    case .markNotDispatchable: Words("标记待人工派遣", "leave its dispatch to a person")
    case .changeDeadline: Words("变更期限", "change its deadline")
    case .linkReport: Words("关联上报", "link a report to it")
    case .unlinkReport: Words("解除关联", "unlink a report from it")
    case .place: Words("补充位置", "place it")
    }
  }
}

/// A command with all that it may carry; what a kind has no use for stays empty.
public struct Command: Sendable, Hashable {
  public var kind: CommandKind
  public var actor: Actor
  /// When it happened.
  public var at: Instant
  /// The reason or the note, as the actor wrote it.
  public var reason: String
  /// The reason in English, when a rule wrote it.
  public var reasonEnglish: String
  /// For `dispatch`.
  public var department: String
  public var crew: String
  /// For `dispatch` by rule; a person's needs none.
  public var dispatchReason: DispatchReason?
  /// For `refer`.
  public var authority: String
  /// For `reportHandled`: links or notes.
  public var evidence: [String]
  /// For `place`.
  public var place: Place?

  public init(
    _ kind: CommandKind, by actor: Actor, at: Instant, reason: String = "", reasonEnglish: String = "", department: String = "",
    crew: String = "", dispatchReason: DispatchReason? = nil, authority: String = "", evidence: [String] = [], place: Place? = nil
  ) {
    self.kind = kind
    self.actor = actor
    self.at = at
    self.reason = reason
    self.reasonEnglish = reasonEnglish
    self.department = department
    self.crew = crew
    self.dispatchReason = dispatchReason
    self.authority = authority
    self.evidence = evidence
    self.place = place
  }
}
