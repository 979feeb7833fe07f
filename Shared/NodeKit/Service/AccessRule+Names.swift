// Who may call what, in the words of a node.
public import CityModel
public import RPC

extension AccessRule {
  /// The chengyun command and trusted scripts.
  public static let operatorOnly = AccessRule.services([ServiceName.operator])
  /// Whoever comes to the console, signed in or not; and the operator.
  public static let visitor = AccessRule.services([ServiceName.console, ServiceName.operator])
  /// Every service of the node, the console and the operator.
  public static let node = AccessRule.services(Set(ServiceName.all + [ServiceName.console, ServiceName.operator]))

  /// As `visitor`, and the named services.
  public static func visitor(and services: String...) -> AccessRule {
    .services(Set(services + [ServiceName.console, ServiceName.operator]))
  }

  /// A person who has one of the roles, through the console; the operator; and the named services on their own account.
  public static func person(_ roles: Set<PersonRole>, and services: [String] = []) -> AccessRule {
    .person(roles: Set(roles.map(\.rawValue)), through: [ServiceName.console], services: Set(services + [ServiceName.operator]))
  }

  /// Only the named services.
  public static func only(_ services: String...) -> AccessRule { .services(Set(services)) }
}
