internal import CityModel

/// Who may do what to which case: the one place where rights are decided, role × action × own department and crew. Which roles may do what
/// is a column of `TransitionTable`; whose case it is, is decided here.
public enum Rights {
  /// Roles that act for a department: on its own cases only, and a crew on those that it was given.
  public static let ofDepartment: Set<Role> = [.department, .crew]

  /// - Throws: `Refusal.roleMayNot`; `Refusal.otherDistrict` when the actor is confined to another one; `Refusal.otherDepartment` and
  ///   `Refusal.otherCrew` when the actor's own is known and another one has the case.
  public static func check(_ actor: Actor, may row: Transition, on file: CaseFile) throws(Refusal) {
    guard row.roles.contains(actor.role) else { throw .roleMayNot(row.command, actor.role) }
    if let own = actor.district, own != file.place.districtCode { throw .otherDistrict(file.place.districtCode) }
    guard ofDepartment.contains(actor.role) else { return }
    if let own = actor.department, own != file.department { throw .otherDepartment(row.command, has: file.department) }
    if actor.role == .crew, let own = actor.crew, own.isEmpty || own != file.crew { throw .otherCrew(row.command, has: file.crew) }
  }
}
