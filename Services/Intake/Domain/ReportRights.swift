public import CityModel

/// Who may see reports, and decide about them by hand: the one place where that is said.
public enum ReportRights {
  public static let roles: Set<PersonRole> = [.centre, .acceptor, .dispatcher]
  /// Who sees reports: the command centre's desks all of them, a department and its crews those of their own cases.
  public static let readers: Set<PersonRole> = Set.ofDesks.union([.department, .crew])

  /// The department whose cases' reports a person sees; nil: every one's.
  /// - Parameter namesCase: the reports of one case are asked for. Nobody but the desks goes through all of them.
  /// - Throws: `Refusal.otherDepartment` without a department, or without a case.
  public static func department(of roles: [PersonRole], _ own: String, namesCase: Bool) throws(Refusal) -> String? {
    if roles.contains(where: Set.ofDesks.contains) { return nil }
    guard !own.isEmpty, namesCase else { throw .otherDepartment }
    return own
  }

  /// A person whose account names a district acts on its reports only, and on those that no district has yet.
  /// - Parameter own: Empty: the whole city.
  public static func check(_ own: String, mayTouch district: String) throws(Refusal) {
    guard own.isEmpty || district.isEmpty || own == district else { throw .otherDistrict(district) }
  }
}
