public import Cryptography
public import Reactor
public import Wire

/// A client's way to a service: a connection from each reactor that uses it to each address, made when needed and again when lost.
public final class Channel: Sendable {
  /// - Parameters:
  ///   - target: `host:port`, or several separated by commas. Names are resolved anew for every attempt to connect.
  ///   - tls: nil speaks plain text.
  ///   - expectedService: the service part that the peer's certificate must name; nil accepts every certificate of the authority.
  public init(
    target: String, tls: TLSContext?, expectedService: String? = nil, configuration: ChannelConfiguration = ChannelConfiguration(),
    reactors: ReactorGroup
  ) {}

  /// Fails calls in flight as UNAVAILABLE and closes the connections.
  public func close() async {}

  /// One request, one response.
  public func unary<Request: WireMessage, Response: WireMessage>(
    _ method: Method, _ request: Request, _ options: CallOptions = CallOptions()
  ) async throws -> Response { throw RPCError(.unimplemented, "") }

  /// Many requests, one response. `produce` runs as a child task and is cancelled when the server answers early.
  public func clientStreaming<Request: WireMessage, Response: WireMessage>(
    _ method: Method, _ options: CallOptions = CallOptions(),
    _ produce: @escaping @Sendable (OutboundMessages<Request>) async throws -> Void
  ) async throws -> Response { throw RPCError(.unimplemented, "") }

  /// One request, many responses. `consume` is called per message; the next one is asked for when it returns. When it throws, the call
  /// is cancelled and the error rethrown.
  public func serverStreaming<Request: WireMessage, Response: WireMessage>(
    _ method: Method, _ request: Request, _ options: CallOptions = CallOptions(),
    _ consume: (Response) async throws -> Void
  ) async throws { throw RPCError(.unimplemented, "") }

  /// Many of both. The call ends when `body` returns: what it has not read is dropped. When it throws, the call is cancelled.
  public func bidirectional<Request: WireMessage, Response: WireMessage, Result: Sendable>(
    _ method: Method, _ options: CallOptions = CallOptions(),
    _ body: (OutboundMessages<Request>, InboundMessages<Response>) async throws -> Result
  ) async throws -> Result { throw RPCError(.unimplemented, "") }
}
