internal import CityModel

/// What of the city's events a person may see: exactly what the services would answer if the person asked (DispatchDomain.CaseScope,
/// LifelineDomain.LifelineRights). The console makes it from the identity that dispatch has signed.
public struct Sight: Sendable, Hashable {
  private let seesCases: Bool
  /// Nil: every department's cases.
  private let department: String?
  /// Nil: every crew's of the department.
  private let crew: String?
  /// Nil: the whole city.
  private let district: String?

  public init(roles: Set<String>, department: String, crew: String, district: String) {
    let known = roles.compactMap(PersonRole.init(rawValue:))
    seesCases = known.contains(where: Set.ofCases.contains)
    let seesEvery = known.contains(where: Set.ofTheCity.contains)
    self.department = seesEvery ? nil : department
    self.crew = seesEvery || known.contains(.department) ? nil : crew
    self.district = district.isEmpty ? nil : district
  }

  /// - Parameters: that have the case; empty: nobody, nowhere.
  public func covers(department: String, crew: String, district: String) -> Bool {
    func isOwn(_ own: String?, _ found: String) -> Bool { own.map { !$0.isEmpty && $0 == found } ?? true }
    return seesCases && isOwn(self.department, department) && isOwn(self.crew, crew) && isOwn(self.district, district)
  }

  /// Alarms belong to no department.
  /// - Parameter district: of the sensor; empty when it is not known.
  public func coversAlarm(district: String) -> Bool {
    seesCases && (district.isEmpty || self.district.map { $0 == district } ?? true)
  }
}
