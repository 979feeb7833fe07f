// Personal fields that one service seals and another opens.
public import CityModel

/// The context that binds a sealed field to its record: a sealed phone moved to another report, or to another field, does not open.
public enum SealedField {
  public static func reporterName(of report: Identifier) -> String { "intake.reporter.name:\(report)" }
  public static func reporterPhone(of report: Identifier) -> String { "intake.reporter.phone:\(report)" }
  public static func secondFactor(of account: Identifier) -> String { "dispatch.account.second_factor:\(account)" }
}
