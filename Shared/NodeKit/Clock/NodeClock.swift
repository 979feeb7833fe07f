// The time that a service lives in: the system's, or the data's while a replay drives it.
public import CityModel
internal import Reactor
internal import Synchronization

/// The node's clock. It follows the system's clock until it is driven; then it stands at the instant it was driven to.
///
/// Driving is durable before it is acknowledged, and a restarted service goes on where its clock stood. Replicas of a service share the
/// stored clock and follow its changes.
public final class NodeClock: CityClock {
  private let store: any NodeClockStore
  private let system: @Sendable () -> Instant
  /// Microseconds of the instant it stands at; `notDriven` otherwise. Beside the mutex so that `now()` takes no lock.
  private let standing = Atomic<Int64>(NodeClock.notDriven)
  private let state = Mutex(State())
  private static let notDriven = Int64.min

  private struct State {
    /// Grows with each change of the stored clock; an older reading is out of date.
    var version: Int64 = -1
    /// Grows with each change that `change(after:)` tells.
    var changes: UInt64 = 0
    var waiting: [ObjectIdentifier: ClockWaiter] = [:]
  }

  /// - Parameter system: The clock to follow when nobody drives. Default: the system's.
  public convenience init(store: any NodeClockStore) { self.init(store: store, system: systemNow) }

  init(store: any NodeClockStore, system: @escaping @Sendable () -> Instant) {
    self.store = store
    self.system = system
  }

  public func now() -> Instant {
    let microseconds = standing.load(ordering: .acquiring)
    return microseconds == Self.notDriven ? system() : Instant(microseconds: microseconds)
  }

  public var isDriven: Bool { standing.load(ordering: .acquiring) != Self.notDriven }

  /// Moves the clock to `instant`, where it stands until it is driven further or released. From the system's time it may be driven
  /// anywhere; from then on only forward. To where it stands is allowed.
  /// - Throws: `ClockError.goingBack`; `PostgresError` (nothing is changed, or it is stored and a repetition succeeds).
  public func drive(to instant: Instant) async throws {
    guard let stored = try await store.drive(to: instant) else { throw ClockError.goingBack }
    apply(stored)
  }

  /// Back to the system's time.
  public func release() async throws {
    apply(try await store.release())
  }

  /// Reads the stored clock: at start, and when another process has changed it.
  public func reload() async throws {
    apply(try await store.load())
  }

  private func apply(_ stored: StoredClock) {
    let waiting = state.withLock { state -> [ClockWaiter] in
      guard stored.version > state.version else { return [] }
      state.version = stored.version
      state.changes += 1
      standing.store(stored.standing?.microseconds ?? Self.notDriven, ordering: .releasing)
      defer { state.waiting.removeAll() }
      return Array(state.waiting.values)
    }
    for waiter in waiting { waiter.wake() }
  }

  /// How often the clock has been changed: remember it before looking at the time, and pass it to `change(after:atMost:)`.
  public var changes: UInt64 { state.withLock { $0.changes } }

  /// Waits until the clock has been driven or released more often than `seen`, at most `limit` of real time. On a reactor.
  /// - Throws: `CancellationError`.
  public func change(after seen: UInt64, atMost limit: Duration) async throws {
    guard let reactor = Reactor.current else { preconditionFailure("NodeClock.change outside a reactor") }
    try Task.checkCancellation()
    let waiter = ClockWaiter(reactor)
    let mustWait = state.withLock { state in
      guard state.changes <= seen else { return false }
      state.waiting[ObjectIdentifier(waiter)] = waiter
      return true
    }
    guard mustWait else { return }
    defer { state.withLock { _ = $0.waiting.removeValue(forKey: ObjectIdentifier(waiter)) } }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { waiter.begin(limit, $0) }
    } onCancel: {
      waiter.cancel()
    }
  }

  /// For sweeps: runs `body` with the time at once, whenever the clock is driven or released, and after each `interval` of real time.
  /// Changes while it runs become one more run. Ends by throwing: what `body` throws, or `CancellationError`.
  public func sweep(every interval: Duration, _ body: (Instant) async throws -> Void) async throws -> Never {
    while true {
      let seen = changes
      try await body(now())
      try await change(after: seen, atMost: interval)
    }
  }
}

public enum ClockError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Facts have been recorded at later times than that.
  case goingBack

  public var description: String { "The clock is driven already and stands later than that; it never goes back." }
}

/// One task that waits for a change, on its reactor.
///
/// `@unchecked Sendable`: everything but `reactor` is touched on `reactor` only.
private final class ClockWaiter: @unchecked Sendable {
  private let reactor: Reactor
  private var continuation: CheckedContinuation<Void, any Error>?
  private var timer: TimerID?
  private var outcome: Result<Void, any Error>?

  init(_ reactor: Reactor) { self.reactor = reactor }

  func begin(_ limit: Duration, _ continuation: CheckedContinuation<Void, any Error>) {
    if let outcome { return continuation.resume(with: outcome) }
    self.continuation = continuation
    timer = reactor.schedule(after: limit) { self.end(.success(())) }
  }

  func wake() { reactor.execute { self.end(.success(())) } }

  func cancel() { reactor.execute { self.end(.failure(CancellationError())) } }

  private func end(_ result: Result<Void, any Error>) {
    guard outcome == nil else { return }
    outcome = result
    if let timer { reactor.cancel(timer) }
    continuation?.resume(with: result)
    continuation = nil
  }
}
