// What a service adds to a node's standard equipment.
public import RPC

/// The composition of one service: what `build` of `runService` returns.
public struct ServiceParts: Sendable {
  /// Puts the service's handlers into the router: `{ intake.register(in: &$0) }`. Health, Clock and Events are there already.
  public var register: @Sendable (inout Router) -> Void
  /// Who may call each registered method. A method without a rule keeps the service from starting.
  public var access: [Method: AccessRule]
  /// Consumers, sweeps, outboxes. Started after the server, stopped before it.
  public var jobs: [any Job]

  public init(
    access: [Method: AccessRule], jobs: [any Job] = [], register: @escaping @Sendable (inout Router) -> Void
  ) {
    self.register = register
    self.access = access
    self.jobs = jobs
  }
}
