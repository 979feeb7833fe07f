public import CityModel

/// Which cases a person sees: the whole city's, a district's, those of the person's own department, or those that the own crew was given.
/// Whoever only works for a department sees no other one's, and whoever is only of a crew no other crew's.
public struct CaseScope: Sendable, Hashable {
  /// Only cases that this department has; nil: every one's.
  public let department: String?
  /// Only cases that this crew of the department has; nil: every one's.
  public let crew: String?
  /// Only cases in this district; nil: the city's.
  public let district: String?

  /// Everything: a service, or the operator.
  public static let all = CaseScope(department: nil, crew: nil, district: nil)

  private init(department: String?, crew: String?, district: String?) {
    self.department = department
    self.crew = crew
    self.district = district
  }

  /// - Parameters: as the account says; empty where it says nothing.
  public init(roles: [PersonRole], department: String, crew: String, district: String) {
    let seesEvery = roles.contains(where: Set.ofTheCity.contains)
    self.init(
      department: seesEvery ? nil : department, crew: seesEvery || roles.contains(.department) ? nil : crew,
      district: district.isEmpty ? nil : district)
  }

  /// - Parameters: that have the case.
  public func contains(department: String, crew: String, district: String) -> Bool {
    func isOwn(_ own: String?, _ found: String) -> Bool { own.map { !$0.isEmpty && $0 == found } ?? true }
    return isOwn(self.department, department) && isOwn(self.crew, crew) && isOwn(self.district, district)
  }

  /// What was asked for, within the scope: nothing asked means all of one's own.
  /// - Throws: `Refusal.notYours` when another department, or another district, was asked for.
  public func narrow(department asked: String, district: String) throws(Refusal) -> (department: String, district: String) {
    (try Self.narrow(asked, to: department), try Self.narrow(district, to: self.district))
  }

  /// - Throws: `Refusal.notYours` when another crew was asked for.
  public func narrow(crew asked: String) throws(Refusal) -> String { try Self.narrow(asked, to: crew) }

  private static func narrow(_ asked: String, to own: String?) throws(Refusal) -> String {
    guard let own else { return asked }
    guard !own.isEmpty, asked.isEmpty || asked == own else { throw .notYours }
    return own
  }
}
