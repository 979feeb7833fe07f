public import Logging
public import Reactor

/// A gRPC server: one listener a reactor on one port, nothing shared between them.
public final class Server: Sendable {
  /// - Throws: `AccessPolicyIncomplete` when a registered method has no access rule.
  public init(
    configuration: ServerConfiguration, reactors: ReactorGroup, router: Router, access: AccessPolicy,
    interceptors: [any ServerInterceptor] = [], logger: Logger
  ) throws {}

  /// Listens on every reactor. Returns the address (several when the host has several).
  public func start() async throws -> [SocketAddress] { [] }

  /// No new calls; calls in flight may end within `grace`, then they are cancelled. Returns when every connection is closed.
  public func drain(grace: Duration) async {}
}
