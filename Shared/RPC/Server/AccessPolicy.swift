/// Who may call a method.
public enum AccessRule: Sendable, Hashable {
  /// Whoever reaches the port, named or not. For health only.
  case anyone
  /// Whoever has a certificate of this node's authority that names a service.
  case authenticated
  /// These services (the certificate's last part), for instance `["dispatch", "operator"]`.
  case services(Set<String>)
}

/// The rule of each method. A server refuses to start with a method that has none.
public struct AccessPolicy: Sendable {
  let rules: [Method: AccessRule]

  public init(_ rules: [Method: AccessRule]) { self.rules = rules }

  public func rule(for method: Method) -> AccessRule? { rules[method] }
}

extension AccessRule {
  /// nil when the peer may call; otherwise the refusal.
  /// - Parameter trusted: the connection is plain text and the server was told to trust those.
  func refusal(of peer: Peer, method: Method, trusted: Bool) -> RPCError? {
    if case .anyone = self { return nil }
    if trusted { return nil }
    guard let identity = peer.identity else {
      return RPCError(.unauthenticated, "This call needs a certificate that names a service.")
    }
    guard case .services(let allowed) = self, !allowed.contains(identity.service) else { return nil }
    return RPCError(.permissionDenied, "The service \(identity.service) may not call \(method.path).")
  }
}
