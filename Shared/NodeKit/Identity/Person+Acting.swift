// Persons as actors: what a request says of its actor counts only when no person is known.
public import CityModel
public import CommonAPI
public import RPC

extension Person {
  /// The roles that this build knows, in the account's order.
  public var knownRoles: [PersonRole] { roles.compactMap(PersonRole.init(rawValue:)) }

  /// The person as an actor, in the first role among `allowed`, else in the first of all.
  public func actor(in allowed: Set<PersonRole> = .everyone) -> Actor {
    let known = knownRoles
    return Actor(id: id, role: (known.first(where: allowed.contains) ?? known.first)?.rawValue ?? "", name: displayName)
  }
}

extension CallContext {
  /// Who acts: the person for whom the call is made, whatever the request claims; without one, whom the request names.
  public func actor(claimed: Actor?, in allowed: Set<PersonRole> = .everyone) -> Actor? {
    person.map { $0.actor(in: allowed) } ?? claimed
  }
}
