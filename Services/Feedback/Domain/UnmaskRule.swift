public import CityModel

/// Who may see a reporter's name and phone whole, and what must be said for it: the one place where that is decided.
public enum UnmaskRule {
  /// Who speaks with reporters, and who answers for those who do.
  public static let persons: Set<PersonRole> = [.centre, .acceptor, .checker, .supervisor]
  /// The same as actors name them, and the operator.
  public static let roles = Set(persons.map(\.rawValue) + ["operator"])
  /// Of the reason, in characters without the blanks around it.
  public static let shortestReason = 4
  /// Of the reason, in code points.
  public static let longestReason = 500

  public static func check(actorID: String, role: String, reason: String) throws(FeedbackRefusal) {
    let inked = reason.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.count
    guard inked >= shortestReason, PlainText.isFree(reason, atMost: longestReason), !actorID.isEmpty, PlainText.isLine(actorID, atMost: 200)
    else {
      throw .unmaskReasonNeeded
    }
    guard roles.contains(role) else { throw .unmaskRoleMayNot }
  }

  /// A person whose account names a district sees its reporters only, masked or not, and those of reports that no district has yet.
  /// - Parameter own: empty: the whole city.
  public static func check(_ own: String, maySee district: String) throws(FeedbackRefusal) {
    guard own.isEmpty || district.isEmpty || own == district else { throw .otherDistrict }
  }
}
