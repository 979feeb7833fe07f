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

/// A department (专业部门) as people call it.
public struct DepartmentName: Sendable, Hashable {
  /// Not known, or not to be named.
  public static let none = DepartmentName(code: "")

  private let code: String
  private let given: Words

  /// - Parameter given: its names, either of which may be empty. The other language's name stands in, and without any the code.
  public init(code: String, given: Words = .none) {
    self.code = code
    self.given = given
  }

  public var words: Words {
    let chinese = given.chinese.isEmpty ? given.english : given.chinese
    let english = given.english.isEmpty ? given.chinese : given.english
    return Words(chinese.isEmpty ? code : chinese, english.isEmpty ? code : english)
  }
}

/// One sentence to a reporter, in both languages (事事有落实、件件有回音).
public struct MilestoneText: Sendable, Hashable {
  public let chinese: String
  public let english: String

  /// - Parameters:
  ///   - number: the case's number; empty when the report has no case.
  ///   - department: who has it or had it.
  ///   - reason: why, where the reporter is owed a reason. What a person wrote has no English.
  public init(_ kind: MilestoneKind, number: String, department: DepartmentName = .none, reason: Words = .none) {
    let because =
      reason.chinese.isEmpty
      ? ("", "") : ("，原因：\(reason.chinese)", ": \(reason.english.isEmpty ? reason.chinese : reason.english)")
    let name = department.words
    let who = name.chinese.isEmpty ? Words("责任部门", "the department in charge") : name
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
      chinese = "已派遣至\(who.chinese)处置。"
      english = "It has been sent to \(who.english)."
    case .handled:
      chinese = "\(who.chinese)报告已处置完成，等待核查。"
      english = "Reported done by \(who.english); it will be checked."
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
  /// Its code.
  public var department: String
  /// What it was called then.
  public var departmentName: Words
  public var reason: Words
  public var occurredAt: Instant

  public init(
    caseID: Identifier, version: Int32, kind: MilestoneKind, number: String, department: String, departmentName: Words, reason: Words,
    occurredAt: Instant
  ) {
    self.caseID = caseID
    self.version = version
    self.kind = kind
    self.number = number
    self.department = department
    self.departmentName = departmentName
    self.reason = reason
    self.occurredAt = occurredAt
  }

  public var text: MilestoneText {
    MilestoneText(kind, number: number, department: DepartmentName(code: department, given: departmentName), reason: reason)
  }
}
