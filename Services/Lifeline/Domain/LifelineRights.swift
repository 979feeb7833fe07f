/// Whose sensors and alarms a person sees: the one place where that is said.
package enum LifelineRights {
  /// A person whose account names a district sees its sensors only, and those that no district is known of.
  /// - Parameter own: Empty: the whole city.
  /// - Throws: `LifelineRefusal.otherDistrict`.
  package static func check(_ own: String, maySee district: String) throws(LifelineRefusal) {
    guard own.isEmpty || district.isEmpty || own == district else { throw .otherDistrict(district) }
  }
}
