public import CityModel

/// Why a command on a case was refused. Closed and stable: clients may act on `code`, people read `words`.
public enum Refusal: Error, Sendable, Hashable {
  case notInState(CommandKind, CaseState)
  case reasonRequired(CommandKind)
  case roleMayNot(CommandKind, Role)
  case otherDepartment(CommandKind, has: String)
  case otherCrew(CommandKind, has: String)
  case otherDistrict(String)
  /// Not the person's own department's or crew's: not even to look at.
  case notYours
  case checkRequired
  case reopenLimitReached(Int)
  case departmentMissing
  case authorityMissing
  case sameAssignment(department: String, crew: String)
  case versionMismatch(expected: Int32, actual: Int32)
  case unknownCase(String)
  case unknownDepartment(String)
  case unknownCrew(String, department: String)
  case settingsVersionTaken(String)
  case calendarInvalid(String)
  case keyReused(String)

  public var code: String {
    switch self {
    case .notInState: "case.not_in_state"
    case .reasonRequired: "case.reason_required"
    case .roleMayNot: "case.role_may_not"
    case .otherDepartment: "case.other_department"
    case .otherCrew: "case.other_crew"
    case .otherDistrict: "case.other_district"
    case .notYours: "case.not_yours"
    case .checkRequired: "case.check_required"
    case .reopenLimitReached: "case.reopen_limit_reached"
    case .departmentMissing: "dispatch.department_missing"
    case .authorityMissing: "case.authority_missing"
    case .sameAssignment: "dispatch.same_assignment"
    case .versionMismatch: "case.version_mismatch"
    case .unknownCase: "case.unknown"
    case .unknownDepartment: "dispatch.unknown_department"
    case .unknownCrew: "dispatch.unknown_crew"
    case .settingsVersionTaken: "settings.version_taken"
    case .calendarInvalid: "settings.calendar_invalid"
    case .keyReused: "command.key_reused"
    }
  }

  public var words: Words {
    switch self {
    case .notInState(let command, let state): Self.notInState(command, state)
    case .reasonRequired(let command): Words("\(command.words.chinese)必须说明原因。", "A reason is needed to \(command.words.english).")
    case .roleMayNot(let command, let role):
      Words("角色 \(role.rawValue) 不能\(command.words.chinese)。", "The role \(role.rawValue) may not \(command.words.english).")
    case .otherDepartment(let command, let department):
      Words(
        "案卷在 \(department.isEmpty ? "（无部门）" : department)，其他部门不能\(command.words.chinese)。",
        "The case is with \(department.isEmpty ? "no department" : department): another one may not \(command.words.english).")
    case .otherCrew(let command, let crew):
      Words(
        "案卷\(crew.isEmpty ? "未指定班组" : "在班组 \(crew)")，其他班组不能\(command.words.chinese)。",
        "The case is with \(crew.isEmpty ? "no crew" : "the crew \(crew)"): another one may not \(command.words.english).")
    case .otherDistrict(let district):
      Words(
        "案卷属于辖区 \(district.isEmpty ? "（未定位）" : district)，您的账户仅限另一辖区。",
        "The case belongs to \(district.isEmpty ? "no district yet" : "the district \(district)"); your account is confined to another one."
      )
    case .notYours: Words("该案卷不属于您的部门或班组，您无权查看。", "The case is not your department's or crew's: it is not for you to see.")
    case .checkRequired: Words("该案卷须先核查通过才能结案。", "This case must pass its check before it can be closed.")
    case .reopenLimitReached(let limit):
      Words("该案卷已重新办理 \(limit) 次，不能再次重新办理。", "This case has already been reopened \(limit) time(s); no more is allowed.")
    case .departmentMissing: Words("请指定处置部门。", "Name the department that is to handle the case.")
    case .authorityMissing: Words("请指定转往的单位。", "Name the authority that the case is referred to.")
    case .sameAssignment(let department, let crew):
      Words(
        "案卷已在 \(department)\(crew.isEmpty ? "" : "／" + crew)，无需重复派遣。",
        "\(department)\(crew.isEmpty ? "" : " / " + crew) already has this case.")
    case .versionMismatch(let expected, let actual):
      Words(
        "案卷已被他人更新（当前版本 \(actual)，您看到的是 \(expected)），请刷新后重试。",
        "Somebody else changed the case (it is at version \(actual), you saw \(expected)). Look again and repeat.")
    case .unknownCase(let named): Words("没有案卷 \(named)。", "There is no case \(named).")
    case .unknownDepartment(let department): Words("没有部门 \(department)。", "There is no department \(department).")
    case .unknownCrew(let crew, let department):
      Words("部门 \(department) 没有班组 \(crew)。", "Department \(department) has no crew \(crew).")
    case .settingsVersionTaken(let version):
      Words("版本 \(version) 已存在且内容不同，请使用新的版本号。", "Version \(version) exists with other contents: give the change a version of its own.")
    case .calendarInvalid(let problem): Words("工作日历有误：\(problem)。", "The calendar is not right: \(problem).")
    case .keyReused(let key):
      Words("幂等键 \(key) 已用于另一条命令。", "The idempotency key \(key) belongs to another command.")
    }
  }

  private static func notInState(_ command: CommandKind, _ state: CaseState) -> Words {
    let allowed = TransitionTable.states(for: command)
    return Words(
      "案卷处于“\(state.words.chinese)”，不能\(command.words.chinese)；须处于：\(allowed.map(\.words.chinese).joined(separator: "、"))。",
      "The case is \(state.words.english), so nobody can \(command.words.english) now; possible when it is "
        + "\(allowed.map(\.words.english).joined(separator: ", ")).")
  }
}
