// What a service adds to a node's standard equipment.
public import Events
public import RPC

/// The composition of one service: what `build` of `runService` returns.
public struct ServiceParts: Sendable {
  /// Puts the service's handlers into the router: `{ intake.register(in: &$0) }`. Health, Clock and Events are there already.
  public var register: @Sendable (inout Router) -> Void
  /// Who may call each registered method. A method without a rule keeps the service from starting.
  public var access: [Method: AccessRule]
  /// Of other services' events: run as jobs, and `Events.Await` answers for them.
  public var consumers: [EventConsumer]
  /// Sweeps, outboxes. Started after the server, stopped before it.
  public var jobs: [any Job]

  public init(
    access: [Method: AccessRule], consumers: [EventConsumer] = [], jobs: [any Job] = [],
    register: @escaping @Sendable (inout Router) -> Void
  ) {
    self.register = register
    self.access = access
    self.consumers = consumers
    self.jobs = jobs
  }
}
