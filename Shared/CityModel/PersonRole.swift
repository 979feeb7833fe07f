/// What a person of the command centre may be, as accounts say it. A person has one or more.
public enum PersonRole: String, Sendable, Hashable, CaseIterable {
  /// 值班长: sees the whole city and supervises.
  case centre
  /// 受理员
  case acceptor
  /// 派遣员
  case dispatcher
  /// 核查员
  case checker
  /// 督查员
  case supervisor
  /// 专业部门: on the own department's cases only.
  case department
  /// 处置人员: on the own crew's cases only.
  case crew
  /// 评价员
  case evaluator
  /// 管理员: accounts and settings, no case work.
  case administrator
  /// 审计员: the audit list, nothing else.
  case auditor
}

extension Set<PersonRole> {
  public static let everyone = Set(PersonRole.allCases)
  /// Who sees cases, on the map or in lists.
  public static let ofCases: Set = everyone.subtracting([.administrator, .auditor])
  /// Who sees the cases of every department.
  public static let ofTheCity: Set = ofCases.subtracting([.department, .crew])
  /// Who works at the command centre's desks: with reports and those who made them.
  public static let ofDesks: Set = [.centre, .acceptor, .dispatcher, .checker, .supervisor]
}
