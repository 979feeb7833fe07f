import CityModel
import Reactor
import TestKit
import Testing

@testable import Events

@Suite(.timeLimit(.minutes(5)))
struct EventInboxTests {
  private func event(_ number: Int) -> RecordedEvent {
    RecordedEvent(
      position: EventPosition(transaction: UInt64(number), sequence: Int64(number)), type: "t", subject: Identifier(high: 0, low: 0),
      occurredAt: .epoch, recordedAt: .epoch, body: [1])
  }

  private func delivery(_ numbers: ClosedRange<Int>) -> EventInbox.Delivery {
    EventInbox.Delivery(events: numbers.map(event), position: event(numbers.upperBound).position)
  }

  private func onReactor(_ body: @escaping @Sendable () async throws -> Void) async throws {
    let reactors = try ReactorGroup(count: 1, name: "inbox")
    let outcome = await reactors.next().spawn { try await body() }.result
    await reactors.shutdown()
    try outcome.get()
  }

  @Test func `what waits is joined into one delivery, in its order`() async throws {
    try await onReactor {
      let inbox = EventInbox(limit: 10)
      for number in 1...3 { try await inbox.put(delivery(number...number)) }
      let taken = try #require(try await inbox.take(within: nil))
      let sequences = taken.events.map(\.position.sequence)
      #expect(sequences == [1, 2, 3])
      #expect(taken.position == event(3).position)
    }
  }

  @Test func `a delivery has no more events than the limit, and its position is its last event's`() async throws {
    try await onReactor {
      let inbox = EventInbox(limit: 10)
      try await inbox.put(delivery(1...9))
      let putting = Reactor.current!.spawn { try await inbox.put(delivery(10...18)) }
      // The giver goes on only when there is room again.
      var taken: [Int64] = []
      var deliveries: [Int] = []
      while taken.count < 18 {
        let next = try #require(try await inbox.take(within: nil))
        #expect(next.position.sequence == next.events.last?.position.sequence)
        deliveries.append(next.events.count)
        taken += next.events.map(\.position.sequence)
      }
      try await putting.value
      #expect(taken == Array(1...18))
      #expect(deliveries.allSatisfy { $0 <= 10 })
    }
  }

  @Test func `positions without events are delivered, too`() async throws {
    try await onReactor {
      let inbox = EventInbox(limit: 10)
      try await inbox.put(EventInbox.Delivery(events: [], position: event(7).position))
      let taken = try #require(try await inbox.take(within: nil))
      #expect(taken.events.isEmpty)
      #expect(taken.position == event(7).position)
    }
  }

  @Test func `taking ends when the time is over`() async throws {
    try await onReactor {
      let inbox = EventInbox(limit: 10)
      let taken = try await inbox.take(within: .milliseconds(1))
      #expect(taken == nil)
    }
  }

  @Test func `a cancelled taker and a cancelled giver leave`() async throws {
    try await onReactor {
      let empty = EventInbox(limit: 1)
      let taking = Reactor.current!.spawn { try await empty.take(within: nil) }
      taking.cancel()
      await #expect(throws: CancellationError.self) { _ = try await taking.value }
      let full = EventInbox(limit: 1)
      let giving = Reactor.current!.spawn { try await full.put(delivery(1...1)) }
      giving.cancel()
      await #expect(throws: CancellationError.self) { try await giving.value }
    }
  }
}
