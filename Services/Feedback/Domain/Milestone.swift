public import CityModel

/// What a reporter is told of: the public steps of a case.
public enum MilestoneKind: Int16, Sendable, Hashable, CaseIterable {
  case received = 1, joined, rejected, dispatched, handled, closed, reopened, cancelled, referred, separated

  /// Nothing more is to come, unless the case is reopened.
  public var isEnd: Bool {
    switch self {
    case .rejected, .closed, .cancelled, .referred: true
    default: false
    }
  }
}

/// One sentence to a reporter, in both languages (事事有落实、件件有回音).
public struct MilestoneText: Sendable, Hashable {
  public let chinese: String
  public let english: String

  /// - Parameters:
  ///   - number: the case's number; empty when the report has no case.
  ///   - department: who has it or had it; empty when not known or not to be named.
  ///   - reason: why, where the reporter is owed a reason; empty otherwise.
  public init(_ kind: MilestoneKind, number: String, department: String, reason: String) {
    let because = reason.isEmpty ? ("", "") : ("，原因：\(reason)", ": \(reason)")
    let who = department.isEmpty ? ("责任部门", "the department in charge") : (department, department)
    switch kind {
    case .received:
      chinese = "已收到您的反映，编号 \(number)。"
      english = "We have your report; its number is \(number)."
    case .joined:
      chinese = "您反映的问题已有人上报，现一并办理，编号 \(number)。"
      english = "Others have reported this too; it is handled together as \(number)."
    case .rejected:
      chinese = "您的反映未予受理\(because.0)。"
      english = "Your report was not taken up\(because.1)."
    case .dispatched:
      chinese = "已派遣至\(who.0)处置。"
      english = "It has been sent to \(who.1)."
    case .handled:
      chinese = "\(who.0)报告已处置完成，等待核查。"
      english = "Reported done by \(who.1); it will be checked."
    case .closed:
      chinese = "案卷已结案，请您评价（1 至 5 分）。"
      english = "The case is closed. How did it go, from 1 to 5?"
    case .reopened:
      chinese = "案卷已重新办理\(because.0)。"
      english = "The case is open again\(because.1)."
    case .cancelled:
      chinese = "案卷已作废\(because.0)。"
      english = "The case was cancelled\(because.1)."
    case .referred:
      chinese = "该问题不属本平台办理范围，已转出\(because.0)。"
      english = "This is another authority's; it was passed on\(because.1)."
    case .separated:
      chinese = "您的反映现单独立案办理，编号 \(number)。"
      english = "Your report has a case of its own now, \(number)."
    }
  }
}

/// A public step of a case, for every report on it.
public struct CaseStep: Sendable, Hashable {
  public var caseID: Identifier
  /// The version of the case that the step made.
  public var version: Int32
  public var kind: MilestoneKind
  public var number: String
  public var department: String
  public var reason: String
  public var occurredAt: Instant

  public init(
    caseID: Identifier, version: Int32, kind: MilestoneKind, number: String, department: String, reason: String, occurredAt: Instant
  ) {
    self.caseID = caseID
    self.version = version
    self.kind = kind
    self.number = number
    self.department = department
    self.reason = reason
    self.occurredAt = occurredAt
  }

  public var text: MilestoneText { MilestoneText(kind, number: number, department: department, reason: reason) }
}
