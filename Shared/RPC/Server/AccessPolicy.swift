/// Who may call a method.
public enum AccessRule: Sendable, Hashable {
  /// Whoever reaches the port, named or not. For health only.
  case anyone
  /// Whoever has a certificate of this node's authority that names a service.
  case authenticated
  /// These services (the certificate's last part), for instance `["dispatch", "operator"]`.
  case services(Set<String>)
  /// A person who has one of the roles, for whom one of the services `through` calls; or one of `services`, on its own account.
  case person(roles: Set<String>, through: Set<String>, services: Set<String>)
}

/// The rule of each method. A server refuses to start with a method that has none.
public struct AccessPolicy: Sendable {
  let rules: [Method: AccessRule]

  public init(_ rules: [Method: AccessRule]) { self.rules = rules }

  public func rule(for method: Method) -> AccessRule? { rules[method] }
}

extension AccessRule {
  /// nil when the peer may call; otherwise the refusal. A person's roles count whoever calls for the person.
  /// - Parameter trusted: the connection is plain text and the server was told to trust those.
  public func refusal(of peer: Peer, for person: Person? = nil, method: Method, trusted: Bool) -> RPCError? {
    if case .anyone = self { return nil }
    if !trusted, peer.identity == nil { return RPCError(.unauthenticated, "This call needs a certificate that names a service.") }
    let service = peer.identity?.service
    switch self {
    case .anyone, .authenticated: return nil
    case .services(let allowed): return trusted ? nil : refusal(of: service, unlessIn: allowed, method)
    case .person(let roles, let through, let services):
      if let person { return refusal(of: service, for: person, roles, through.union(services), method, trusted: trusted) }
      if trusted { return nil }
      if let service, through.contains(service), !services.contains(service) { return Self.nobody }
      return refusal(of: service, unlessIn: services, method)
    }
  }

  private func refusal(
    of service: String?, for person: Person, _ roles: Set<String>, _ services: Set<String>, _ method: Method, trusted: Bool
  ) -> RPCError? {
    if !trusted, let refusal = refusal(of: service, unlessIn: services, method) { return refusal }
    guard !person.roles.contains(where: roles.contains) else { return nil }
    return RPCError(
      .permissionDenied, refusal: "identity.role_may_not",
      sentence: "您的角色无权进行此操作。 None of your roles may do this (\(method.path)).")
  }

  private func refusal(of service: String?, unlessIn allowed: Set<String>, _ method: Method) -> RPCError? {
    guard let service, allowed.contains(service) else {
      return RPCError(.permissionDenied, "The service \(service ?? "-") may not call \(method.path).")
    }
    return nil
  }

  private static let nobody = RPCError(
    .unauthenticated, refusal: "identity.missing", sentence: "请先登录。 Sign in first: this call needs a person.")
}
