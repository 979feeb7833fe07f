internal import ChengyunDomain
internal import CommonAPI
internal import EventsAPI
internal import RPC

/// Waiting until what one service did has reached those who listen to it.
struct Consumers: Sendable {
  let events: [ServiceName: EventsClient]
  let patience: Patience

  /// Who listens to whom, in an order in which each wait leaves nothing behind for the next ones.
  static let order: [(consumer: ServiceName, source: ServiceName)] = [
    (.dispatch, .intake), (.intake, .dispatch), (.feedback, .intake), (.feedback, .dispatch), (.dispatch, .feedback),
    (.evaluation, .intake), (.evaluation, .dispatch), (.evaluation, .feedback),
  ]

  /// Until `consumer` has taken in the source's log up to the position.
  func wait(_ consumer: ServiceName, for source: ServiceName, until position: Position?) async throws {
    guard let position else { return }
    _ = try await patience.repeating("wait until \(consumer) has followed \(source)") {
      try await events[consumer]!.await(AwaitRequest(source: source.rawValue, position: position))
    }
  }

  /// Until every consumer has everything that is there now.
  func waitForAll() async throws {
    for (consumer, source) in Self.order {
      let head = try await patience.repeating("read the head of \(source)") { try await events[source]!.head(HeadRequest()) }
      try await wait(consumer, for: source, until: head.position)
    }
  }
}
