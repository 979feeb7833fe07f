// The service's event log for the others, ended in good order when the service drains.
internal import Events
internal import EventsAPI
internal import RPC

/// Subscriptions last as long as their readers like; without this a drain would wait for its whole grace.
struct DrainedEvents: EventsHandler {
  let events: EventsService
  let health: HealthBoard

  func subscribe(_ request: SubscribeRequest, _ responses: OutboundMessages<EventBatch>, _ call: CallContext) async throws {
    try await health.untilDraining { try await events.subscribe(request, responses, call) }
  }

  func head(_ request: HeadRequest, _ call: CallContext) async throws -> HeadResponse { try await events.head(request, call) }

  func `await`(_ request: AwaitRequest, _ call: CallContext) async throws -> AwaitResponse { try await events.await(request, call) }
}
