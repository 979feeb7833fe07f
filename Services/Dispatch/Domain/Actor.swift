/// What somebody is to a case. A service acting by rule is `system`.
public enum Role: String, Sendable, Hashable, CaseIterable {
  /// 采集员
  case collector
  /// 受理员
  case acceptor
  /// 派遣员
  case dispatcher
  /// 专业部门
  case department
  /// 处置人员
  case crew
  /// 核查员
  case checker
  /// 督查员
  case supervisor
  /// 值班长
  case centre
  /// 市民
  case citizen
  /// The operator of the platform: may stand in for everyone, and is named in the history.
  case `operator`
  case system
}

/// Who did something.
public struct Actor: Sendable, Hashable {
  public var id: String
  public var role: Role
  public var name: String
  /// The department that the actor belongs to, by its code, as an account says. Nil when no account says it: then the role alone decides.
  public var department: String?
  /// The crew there, which confines who acts as `crew`. Nil when no account says it.
  public var crew: String?
  /// The district that the account confines the actor to; nil: the whole city.
  public var district: String?
  /// What else the actor may act as: a person can have several roles.
  public var otherRoles: [Role]

  public init(
    id: String, role: Role, name: String = "", department: String? = nil, crew: String? = nil, district: String? = nil,
    otherRoles: [Role] = []
  ) {
    self.id = id
    self.role = role
    self.name = name
    self.department = department
    self.crew = crew
    self.district = district
    self.otherRoles = otherRoles
  }

  /// The actor in the role that the step asks for; as before when there is none. Roles of the command centre come before a department's,
  /// and the department's before a crew's: each reaches further than the next.
  public func acting(in row: Transition) -> Actor {
    let fitting = ([role] + otherRoles).filter(row.roles.contains)
    guard
      let role = fitting.first(where: { !Rights.ofDepartment.contains($0) }) ?? fitting.first(where: { $0 == .department }) ?? fitting.first
    else { return self }
    var actor = self
    actor.role = role
    return actor
  }

  /// The dispatch service acting by rule.
  public static let dispatchService = Actor(id: "dispatch", role: .system, name: "派遣服务")
  /// The intake service, which files.
  public static let intakeService = Actor(id: "intake", role: .system, name: "受理服务")
}
