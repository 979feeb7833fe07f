public import EventsAPI
public import RPC

/// chengyun.events.v1.Events of a service: its log for the others, and how far it has heard them.
public struct EventsService: EventsHandler {
  /// Most bytes of event bodies in one batch: 1 MiB, a quarter of what a message may have.
  private static let batchBytes = 1 << 20
  private static let defaultBatchSize = 500

  private let log: EventLog
  private let consumers: [String: EventConsumer]

  /// - Parameter consumers: those of this service, for `Await`.
  public init(log: EventLog, consumers: [EventConsumer] = []) {
    self.log = log
    self.consumers = Dictionary(consumers.map { ($0.source, $0) }, uniquingKeysWith: { first, _ in first })
  }

  public func subscribe(_ request: SubscribeRequest, _ responses: OutboundMessages<EventBatch>, _ call: CallContext) async throws {
    guard (0...EventLog.batchLimit).contains(Int(request.batchSize)) else {
      throw RPCError(.invalidArgument, "batch_size is from 1 to \(EventLog.batchLimit), or 0.")
    }
    let after = request.after.map { EventPosition($0) } ?? .start
    let size = request.batchSize == 0 ? Self.defaultBatchSize : Int(request.batchSize)
    try await log.deliver(after: after, types: Set(request.types), batchSize: size, follow: request.follow) { page in
      for batch in Self.batches(of: page) { try await responses.send(batch) }
    }
  }

  public func head(_ request: HeadRequest, _ call: CallContext) async throws -> HeadResponse {
    HeadResponse(position: try await log.head()?.wire)
  }

  public func `await`(_ request: AwaitRequest, _ call: CallContext) async throws -> AwaitResponse {
    guard let consumer = consumers[request.source] else {
      throw RPCError(.notFound, "This service does not consume the events of \(request.source).")
    }
    let target = request.position.map { EventPosition($0) } ?? .start
    return AwaitResponse(position: try await consumer.waitUntil(target).wire)
  }

  /// The page in messages that respect the size limit. Each but the last ends at its last event.
  static func batches(of page: EventLog.Page) -> [EventBatch] {
    var batches: [EventBatch] = []
    var current = EventBatch()
    var bytes = 0
    for event in page.events {
      if bytes + event.body.count > batchBytes, !current.events.isEmpty {
        current.position = current.events.last?.position
        batches.append(current)
        current = EventBatch()
        bytes = 0
      }
      current.events.append(event.wire)
      bytes += event.body.count
    }
    current.position = page.position?.wire
    current.caughtUp = page.exhausted
    return batches + [current]
  }
}
