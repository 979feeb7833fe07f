public import CityModel

/// Which cases a person sees: the whole city's, a district's, or those of the person's own department. Whoever only works for a department
/// sees no other one's.
public struct CaseScope: Sendable, Hashable {
  /// Only cases that this department has; nil: every one's.
  public let department: String?
  /// Only cases in this district; nil: the city's.
  public let district: String?

  /// Everything: a service, or the operator.
  public static let all = CaseScope(department: nil, district: nil)

  private init(department: String?, district: String?) {
    self.department = department
    self.district = district
  }

  /// - Parameters: as the account says; empty where it says nothing.
  public init(roles: [PersonRole], department: String, district: String) {
    let seesEvery = roles.contains(where: Set.ofTheCity.contains)
    self.init(department: seesEvery ? nil : department, district: district.isEmpty ? nil : district)
  }

  /// - Parameters: that have the case.
  public func contains(department: String, district: String) -> Bool {
    (self.department.map { !$0.isEmpty && $0 == department } ?? true) && (self.district.map { $0 == district } ?? true)
  }

  /// What was asked for, within the scope: nothing asked means all of one's own.
  /// - Throws: `Refusal.notYours` when another department, or another district, was asked for.
  public func narrow(department asked: String, district: String) throws(Refusal) -> (department: String, district: String) {
    (try Self.narrow(asked, to: department), try Self.narrow(district, to: self.district))
  }

  private static func narrow(_ asked: String, to own: String?) throws(Refusal) -> String {
    guard let own else { return asked }
    guard !own.isEmpty, asked.isEmpty || asked == own else { throw .notYours }
    return own
  }
}
