public import Logging
public import Reactor
internal import Synchronization

/// A gRPC server: one listener a reactor on one port, nothing shared between them.
public final class Server: Sendable {
  private let core: ServerCore
  private let reactors: ReactorGroup
  private let parts = Mutex<[ReactorServer]>([])

  /// - Parameter persons: Without one, no call is made for a person.
  /// - Throws: `AccessPolicyIncomplete` when a registered method has no access rule.
  public init(
    configuration: ServerConfiguration, reactors: ReactorGroup, router: Router, access: AccessPolicy,
    persons: (any PersonVerifier)? = nil, interceptors: [any ServerInterceptor] = [], logger: Logger
  ) throws {
    self.reactors = reactors
    let routes = try RouteTable(router, access: access)
    core = ServerCore(configuration: configuration, routes: routes, persons: persons, interceptors: interceptors, logger: logger)
  }

  /// Listens on every reactor. Returns the address, with the port that was taken when the configuration said 0.
  /// - Throws: `SystemError` (for instance EADDRINUSE), `RPCError` when the host is no numeric address.
  public func start() async throws -> [SocketAddress] {
    let configuration = core.configuration
    guard var address = SocketAddress(host: configuration.host, port: configuration.port) else {
      throw RPCError(.invalidArgument, "A server listens on a numeric address; \(configuration.host) is none.")
    }
    do {
      for reactor in reactors.reactors {
        let part = ReactorServer(reactor: reactor, core: core)
        let wanted = address
        let joining = parts.withLock { !$0.isEmpty }
        // The first reactor takes the port, the others share it.
        address = try await reactor.spawn { try part.listen(on: wanted, joining: joining) }.value
        parts.withLock { $0.append(part) }
      }
    } catch {
      await drain(grace: .zero)
      throw error
    }
    return [address]
  }

  /// No new calls; calls in flight may end within `grace`, then they are cancelled. Returns when every connection is closed.
  public func drain(grace: Duration) async {
    let draining = parts.withLock { $0 }.map { part in part.reactor.spawn { await part.drain(grace: grace) } }
    for task in draining { _ = try? await task.value }
  }
}
