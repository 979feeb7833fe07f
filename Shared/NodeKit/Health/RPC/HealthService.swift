// grpc.health.v1, as Kubernetes, Envoy and grpcurl ask it. https://github.com/grpc/grpc/blob/master/doc/health-checking.md
internal import HealthAPI
internal import RPC

/// One answer for the server as a whole (the empty name) and for each service that it offers.
struct HealthService: HealthHandler {
  let board: HealthBoard
  /// Full names, for instance "chengyun.intake.v1.Intake".
  let services: Set<String>

  private func knows(_ service: String) -> Bool { service.isEmpty || services.contains(service) }

  func check(_ request: HealthCheckRequest, _ call: CallContext) async throws -> HealthCheckResponse {
    guard knows(request.service) else { throw RPCError(.notFound, "this server offers no such service") }
    return answer(board.isServing)
  }

  func watch(_ request: HealthCheckRequest, _ responses: OutboundMessages<HealthCheckResponse>, _ call: CallContext) async throws {
    // The protocol wants the call to stay open: a service may come later. Ours don't, so that answer is the last.
    guard knows(request.service) else { return try await responses.send(HealthCheckResponse(status: .serviceUnknown)) }
    for await serving in board.changes() { try await responses.send(answer(serving)) }
  }

  private func answer(_ serving: Bool) -> HealthCheckResponse { HealthCheckResponse(status: serving ? .serving : .notServing) }
}
