internal import Events
internal import EventsAPI
internal import Logging
internal import NodeKit
internal import Postgres
internal import RPC

/// A service whose facts are counted, and how they are taken in.
struct FactSource: Sendable {
  let name: String
  let client: EventsClient
  let database: Database
  let logger: Logger
  let types: [String]
  let apply: @Sendable ([RecordedEvent], Generation, Transaction) async throws -> Void

  static func all(_ runtime: ServiceRuntime) throws -> [FactSource] {
    func source(
      _ name: String, _ types: [String], _ apply: @escaping @Sendable ([RecordedEvent], Generation, Transaction) async throws -> Void
    ) throws -> FactSource {
      FactSource(
        name: name, client: EventsClient(try runtime.channel(to: name)), database: runtime.database, logger: runtime.logger, types: types,
        apply: apply)
    }
    return [
      try source("dispatch", ApplyDispatchFacts.types, ApplyDispatchFacts.apply),
      try source("intake", ApplyIntakeFacts.types, ApplyIntakeFacts.apply),
      try source("feedback", ApplyFeedbackFacts.types, ApplyFeedbackFacts.apply),
    ]
  }

  /// Keeps the projections that are counted up to date.
  func consumer() -> EventConsumer {
    consumer(cursor: name) { events, transaction in try await apply(events, .counted, transaction) }
  }

  /// Reads the log from its beginning into the projections aside, with a cursor of its own.
  func rebuilder(_ rebuild: Int64) -> EventConsumer {
    consumer(cursor: ProjectionStore.cursor(of: name, rebuild: rebuild)) { events, transaction in
      try await ProjectionStore.claimAside(rebuild, in: transaction)
      try await apply(events, .aside, transaction)
    }
  }

  private func consumer(
    cursor: String, _ apply: @escaping @Sendable ([RecordedEvent], Transaction) async throws -> Void
  ) -> EventConsumer {
    EventConsumer(source: cursor, client: client, types: types, database: database, logger: logger, apply: apply)
  }
}
