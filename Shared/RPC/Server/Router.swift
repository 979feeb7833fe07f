public import Wire

/// The methods that a server answers.
public struct Router: Sendable {
  public init() {}

  /// One request, one response.
  public mutating func unary<Request: WireMessage, Response: WireMessage>(
    _ method: Method, _ handler: @escaping @Sendable (Request, CallContext) async throws -> Response
  ) {}

  /// Many requests, one response.
  public mutating func clientStreaming<Request: WireMessage, Response: WireMessage>(
    _ method: Method, _ handler: @escaping @Sendable (InboundMessages<Request>, CallContext) async throws -> Response
  ) {}

  /// One request, many responses; the call ends as OK when the handler returns.
  public mutating func serverStreaming<Request: WireMessage, Response: WireMessage>(
    _ method: Method, _ handler: @escaping @Sendable (Request, OutboundMessages<Response>, CallContext) async throws -> Void
  ) {}

  /// Many of both, independently; the call ends as OK when the handler returns.
  public mutating func bidirectional<Request: WireMessage, Response: WireMessage>(
    _ method: Method,
    _ handler: @escaping @Sendable (InboundMessages<Request>, OutboundMessages<Response>, CallContext) async throws -> Void
  ) {}
}
