import CityModel
import Events
import Postgres
import Reactor
import Synchronization
import TestKit
import Testing

@testable import NodeKit

/// A store in memory that can fail.
final class MemoryClockStore: NodeClockStore {
  struct Unreachable: Error {}
  private struct State {
    var stored = StoredClock(version: 0, standing: nil)
    var failing = false
  }
  private let state = Mutex(State())

  func fail(_ yes: Bool) { state.withLock { $0.failing = yes } }

  private func change(_ body: (StoredClock) -> StoredClock?) throws -> StoredClock? {
    try state.withLock { state in
      if state.failing { throw Unreachable() }
      guard let next = body(state.stored) else { return nil }
      state.stored = next
      return next
    }
  }

  func load() async throws -> StoredClock { try change { $0 }! }

  func drive(to instant: Instant) async throws -> StoredClock? {
    try change { stored in
      if let standing = stored.standing, standing > instant { return nil }
      return StoredClock(version: stored.version + 1, standing: instant)
    }
  }

  func release() async throws -> StoredClock { try change { StoredClock(version: $0.version + 1, standing: nil) }! }
}

@Suite(.timeLimit(.minutes(5))) struct NodeClockTests {
  let store = MemoryClockStore()
  let system = ManualClock(Instant(seconds: 1_800_000_000))
  let december = Instant(seconds: 1_512_115_200)

  func clock() -> NodeClock { NodeClock(store: store, system: { [system] in system.now() }) }

  @Test func followsTheSystemUntilDriven() async throws {
    let clock = clock()
    #expect(clock.now() == system.now() && !clock.isDriven)
    try await clock.drive(to: december)
    #expect(clock.now() == december && clock.isDriven)
    system.advance(by: .seconds(10))
    #expect(clock.now() == december)
    try await clock.release()
    #expect(clock.now() == system.now() && !clock.isDriven)
  }

  @Test func goesForwardOnly() async throws {
    let clock = clock()
    try await clock.drive(to: december)
    try await clock.drive(to: december)
    await #expect(throws: ClockError.goingBack) { try await clock.drive(to: december - .microseconds(1)) }
    #expect(clock.now() == december)
    try await clock.drive(to: december + .seconds(1))
    #expect(clock.now() == december + .seconds(1))
  }

  @Test func isNotMovedBeforeItIsDurable() async throws {
    let clock = clock()
    try await clock.drive(to: december)
    store.fail(true)
    await #expect(throws: MemoryClockStore.Unreachable.self) { try await clock.drive(to: december + .seconds(1)) }
    #expect(clock.now() == december)
  }

  @Test func restartedClockStandsWhereItStood() async throws {
    try await clock().drive(to: december)
    let restarted = clock()
    try await restarted.reload()
    #expect(restarted.now() == december && restarted.isDriven)
  }

  @Test func changeWakesWaiters() async throws {
    let clock = clock()
    try await withReactors(1) { reactors in
      let seen = clock.changes
      let waiter = reactors.next().spawn { try await clock.change(after: seen, atMost: .seconds(50)) }
      try await clock.drive(to: december)
      try await waiter.value
      // A change that came before the wait is not missed.
      try await clock.change(after: seen, atMost: .seconds(50))
    }
  }

  @Test func waitEndsByItsLimitAndByCancellation() async throws {
    let clock = clock()
    try await withReactors(1) { reactors in
      try await clock.change(after: clock.changes, atMost: .milliseconds(1))
      let waiter = reactors.next().spawn { try await clock.change(after: clock.changes, atMost: .seconds(50)) }
      waiter.cancel()
      await #expect(throws: CancellationError.self) { try await waiter.value }
    }
  }

  @Test func sweepRunsAtOnceAndWhenTimeMoves() async throws {
    struct Enough: Error {}
    let clock = clock()
    let start = system.now()
    try await withReactors(1) { reactors in
      let swept = Mutex<[Instant]>([])
      await #expect(throws: Enough.self) {
        try await clock.sweep(every: .seconds(50)) { now in
          swept.withLock { $0.append(now) }
          // Moved while the sweep is running: it runs once more.
          if now == start { try await clock.drive(to: december) } else { throw Enough() }
        }
      }
      #expect(swept.withLock { $0 } == [start, december])
    }
  }

  @Test func postgresKeepsIt() async throws {
    try await withDatabase(EventsSchema.migrations) { test in
      let clock = NodeClock(store: PostgresNodeClockStore(database: test.database))
      try await clock.reload()
      #expect(!clock.isDriven)
      try await clock.drive(to: december)
      await #expect(throws: ClockError.goingBack) { try await clock.drive(to: december - .seconds(1)) }
      let restarted = NodeClock(store: PostgresNodeClockStore(database: test.database))
      try await restarted.reload()
      #expect(restarted.now() == december)
      try await restarted.release()
      try await clock.reload()
      #expect(!clock.isDriven)
      try await clock.drive(to: december - .seconds(5))
      #expect(clock.now() == december - .seconds(5))
    }
  }

  @Test func replicaFollows() async throws {
    try await withDatabase(EventsSchema.migrations) { test in
      let other = test.another()
      let clock = NodeClock(store: PostgresNodeClockStore(database: test.database))
      let replica = NodeClock(store: PostgresNodeClockStore(database: other))
      let follower = test.reactors.next().spawn { try await ClockFollower(clock: replica, database: other).run() }
      try await clock.drive(to: december)
      while !replica.isDriven { try await replica.change(after: 0, atMost: .seconds(1)) }
      #expect(replica.now() == december)
      follower.cancel()
      _ = await follower.result
      await other.close()
    }
  }
}
