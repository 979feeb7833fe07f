internal import Synchronization

/// Answers that may be a moment old, made once for all who ask at the same time. What is being made is waited for, not made twice.
final class Recent<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  /// How old an answer may be. By real time: the city's clock may stand or leap.
  let maxAge: Duration
  /// Answers that are kept.
  private let limit: Int
  private let entries = Mutex<[Key: Entry]>([:])

  private struct Entry {
    var value: (made: ContinuousClock.Instant, value: Value)?
    var isBeingMade = false
    var waiting: [CheckedContinuation<Value?, any Error>] = []
  }

  private enum Step {
    case take(Value)
    case make
    case wait
  }

  init(maxAge: Duration, limit: Int) {
    self.maxAge = maxAge
    self.limit = limit
  }

  func value(for key: Key, make: () async throws -> Value) async throws -> Value {
    while true {
      switch step(key) {
      case .take(let value): return value
      case .make: return try await made(key, make)
      case .wait: if let value = try await waited(key) { return value }
      }
    }
  }

  private func step(_ key: Key) -> Step {
    entries.withLock { entries in
      let entry = entries[key]
      if let (made, value) = entry?.value, made.duration(to: .now) < maxAge { return .take(value) }
      if entry?.isBeingMade == true { return .wait }
      if entry == nil, entries.count >= limit { Self.forget(&entries, olderThan: maxAge) }
      entries[key, default: Entry()].isBeingMade = true
      return .make
    }
  }

  /// Old ones go; when all are young, all that nobody waits for.
  private static func forget(_ entries: inout [Key: Entry], olderThan age: Duration) {
    let before = entries.count
    entries = entries.filter { $1.isBeingMade || $1.value.map { $0.made.duration(to: .now) < age } == true }
    if entries.count == before { entries = entries.filter(\.value.isBeingMade) }
  }

  /// What was made reaches everybody who waited; so does an error, but for a cancellation, which is the maker's own: another one makes it.
  private func made(_ key: Key, _ make: () async throws -> Value) async throws -> Value {
    do {
      let begun = ContinuousClock.now
      let value = try await make()
      for waiter in finish(key, (begun, value)) { waiter.resume(returning: value) }
      return value
    } catch {
      let isOwn = error is CancellationError || Task.isCancelled
      for waiter in finish(key, nil) { if isOwn { waiter.resume(returning: nil) } else { waiter.resume(throwing: error) } }
      throw error
    }
  }

  private func finish(_ key: Key, _ value: (ContinuousClock.Instant, Value)?) -> [CheckedContinuation<Value?, any Error>] {
    entries.withLock { entries in
      let waiting = entries[key]?.waiting ?? []
      entries[key] = value.map { Entry(value: (made: $0, value: $1)) }
      return waiting
    }
  }

  /// Nil: ask again.
  private func waited(_ key: Key) async throws -> Value? {
    try await withCheckedThrowingContinuation { continuation in
      let isTooLate = entries.withLock { entries in
        guard entries[key]?.isBeingMade == true else { return true }
        entries[key]?.waiting.append(continuation)
        return false
      }
      if isTooLate { continuation.resume(returning: nil) }
    }
  }
}
