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
  /// 督查员, 值班长
  case supervisor
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

  public init(id: String, role: Role, name: String = "", department: String? = nil) {
    self.id = id
    self.role = role
    self.name = name
    self.department = department
  }

  /// The dispatch service acting by rule.
  public static let dispatchService = Actor(id: "dispatch", role: .system, name: "派遣服务")
  /// The intake service, which files.
  public static let intakeService = Actor(id: "intake", role: .system, name: "受理服务")
}
