public import CityModel

/// Who may decide about reports by hand: the one place where that is said.
public enum ReportRights {
  public static let roles: Set<PersonRole> = [.centre, .acceptor, .dispatcher]

  /// A person whose account names a district acts on its reports only, and on those that no district has yet.
  /// - Parameter own: Empty: the whole city.
  public static func check(_ own: String, mayTouch district: String) throws(Refusal) {
    guard own.isEmpty || district.isEmpty || own == district else { throw .otherDistrict(district) }
  }
}
