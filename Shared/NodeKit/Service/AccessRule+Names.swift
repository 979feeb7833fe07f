// Who may call what, in the words of a node.
public import RPC

extension AccessRule {
  /// The chengyun command and trusted scripts.
  public static let operatorOnly = AccessRule.services([ServiceName.operator])
  /// People, through the console or the command.
  public static let people = AccessRule.services([ServiceName.console, ServiceName.operator])
  /// Every service of the node, the console and the operator.
  public static let node = AccessRule.services(Set(ServiceName.all + [ServiceName.console, ServiceName.operator]))

  /// The named services, beside people.
  public static func people(and services: String...) -> AccessRule {
    .services(Set(services + [ServiceName.console, ServiceName.operator]))
  }

  /// Only the named services.
  public static func only(_ services: String...) -> AccessRule { .services(Set(services)) }
}
