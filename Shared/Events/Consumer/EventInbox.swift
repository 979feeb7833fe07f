internal import Reactor
internal import Synchronization

/// What a subscription has brought and is not applied yet. Batches that wait are joined, so a consumer that is behind applies many events
/// in one transaction, whatever the source's batches were.
///
/// One task puts and one takes. They never wait both: the taker waits while there is nothing, the giver while there is enough.
final class EventInbox: Sendable {
  /// Events in the log's order and how far the log is known with them; no events when there were none of the consumer's types.
  struct Delivery: Sendable, Hashable {
    var events: [RecordedEvent]
    var position: EventPosition
  }

  private struct State {
    var events: [RecordedEvent] = []
    /// Of the log behind the last event that waits.
    var position: EventPosition?
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let limit: Int
  private let state = Mutex(State())

  /// - Parameter limit: events of one delivery at most. When so many wait, `put` does.
  init(limit: Int) { self.limit = limit }

  /// - Throws: `CancellationError`.
  func put(_ delivery: Delivery) async throws {
    state.withLock { state in
      state.events += delivery.events
      state.position = delivery.position
    }
    wake()
    while state.withLock({ $0.events.count >= limit }) { try await wait(atMost: nil) { $0.events.count < self.limit } }
  }

  /// Waits for a delivery, at most for the time given.
  /// - Returns: nil when nothing came in time.
  /// - Throws: `CancellationError`.
  func take(within time: Duration?) async throws -> Delivery? {
    while true {
      if let delivery = remove() { return delivery }
      try await wait(atMost: time) { $0.position != nil }
      if time != nil { return remove() }
    }
  }

  private func remove() -> Delivery? {
    let delivery = state.withLock { state -> Delivery? in
      guard let position = state.position else { return nil }
      guard state.events.count > limit else {
        defer { (state.events, state.position) = ([], nil) }
        return Delivery(events: state.events, position: position)
      }
      let first = Array(state.events.prefix(limit))
      state.events.removeFirst(limit)
      return Delivery(events: first, position: first[limit - 1].position)
    }
    if delivery != nil { wake() }
    return delivery
  }

  private func wait(atMost time: Duration?, until ready: (borrowing State) -> Bool) async throws {
    guard let reactor = Reactor.current else { preconditionFailure("EventInbox outside a reactor") }
    let timer = time.map { time in reactor.schedule(after: time) { self.wake() } }
    defer { if let timer { reactor.cancel(timer) } }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state in
          guard !ready(state), !Task.isCancelled else { return false }
          assert(state.waiter == nil, "the giver and the taker wait for each other")
          state.waiter = continuation
          return true
        }
        if !mustWait { continuation.resume() }
      }
    } onCancel: {
      wake()
    }
    try Task.checkCancellation()
  }

  private func wake() {
    state.withLock { $0.waiter.take() }?.resume()
  }
}
