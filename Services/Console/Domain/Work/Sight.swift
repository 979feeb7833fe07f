/// What of the city's events a person may see. The services decide about everything that is asked for; events are handed on by the console.
public struct Sight: Sendable, Hashable {
  /// Nil: every department's cases.
  public let department: String?
  /// Nil: the whole city.
  public let district: String?

  public init(roles: Set<String>, department: String, district: String) {
    let isOfDepartment = !roles.isEmpty && roles.isSubset(of: ["department", "crew"])
    self.department = isOfDepartment ? department : nil
    self.district = district.isEmpty ? nil : district
  }

  public func covers(department: String, district: String) -> Bool {
    (self.department == nil || self.department == department) && (self.district == nil || self.district == district)
  }

  /// Alarms belong to no department.
  public var coversAlarms: Bool { department == nil }
}
