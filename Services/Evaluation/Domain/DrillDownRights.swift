public import CityModel

/// Whose cases a person may list behind a figure. The figures themselves are for everyone who evaluates: that is what they are for.
public struct DrillDownRights: Sendable, Hashable {
  public static let roles: Set<PersonRole> = [.centre, .supervisor, .evaluator, .department]

  /// Only this department's; nil: every one's.
  let department: String?
  /// Only this district's; nil: the city's. Within a department's group, too.
  public let district: String?

  /// - Parameters: as the account says; empty where it says nothing.
  public init(roles: [PersonRole], department: String, district: String) {
    let seesEvery = roles.contains { Self.roles.contains($0) && Set.ofTheCity.contains($0) }
    self.department = seesEvery ? nil : department
    self.district = district.isEmpty ? nil : district
  }

  /// - Throws: `EvaluationRefusal.notYours` unless the group is the own department, or the own district for who sees all departments.
  public func check(_ dimension: Dimension, _ group: String) throws(EvaluationRefusal) {
    if let department {
      guard dimension == .department, group == department, !department.isEmpty else { throw .notYours }
    } else if let district {
      guard dimension == .district, group == district else { throw .notYours }
    }
  }
}
