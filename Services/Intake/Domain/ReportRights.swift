public import CityModel

/// Who may see reports, and decide about them by hand: the one place where that is said.
public enum ReportRights {
  public static let roles: Set<PersonRole> = [.centre, .acceptor, .dispatcher]
  /// Who sees reports: the command centre's desks all of them, departments and crews those of their own cases.
  public static let readers: Set<PersonRole> = Set.ofDesks.union([.department, .crew])

  /// Whose cases' reports a person sees; nil: every one's.
  /// - Parameters:
  ///   - department, crew: as the account says. Who is only of a crew sees what the crew was given (DispatchDomain.CaseScope).
  ///   - namesCase: the reports of one case are asked for. Nobody but the desks goes through all of them.
  /// - Throws: `Refusal.otherDepartment` without a department, a crew, or a case.
  public static func scope(of roles: [PersonRole], department: String, crew: String, namesCase: Bool) throws(Refusal) -> ReportScope? {
    if roles.contains(where: Set.ofDesks.contains) { return nil }
    let scope = ReportScope(department: department, crew: roles.contains(.department) ? nil : crew)
    guard !department.isEmpty, scope.crew != "", namesCase else { throw .otherDepartment }
    return scope
  }

  /// A person whose account names a district acts on its reports only, and on those that no district has yet.
  /// - Parameter own: Empty: the whole city.
  public static func check(_ own: String, mayTouch district: String) throws(Refusal) {
    guard own.isEmpty || district.isEmpty || own == district else { throw .otherDistrict(district) }
  }
}

/// The cases of a department, or of one of its crews.
public struct ReportScope: Sendable, Hashable {
  public let department: String
  /// Nil: every crew's, and what no crew has.
  public let crew: String?
}
