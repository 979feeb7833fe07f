// Whether a service can serve, and why not.
internal import Synchronization

/// Keeps the reasons against serving; a service serves when there is none.
public final class HealthBoard: Sendable {
  /// What stands against serving.
  public struct Obstacles: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let starting = Obstacles(rawValue: 1)
    public static let databaseUnreachable = Obstacles(rawValue: 2)
    /// Final: a draining service never serves again.
    public static let draining = Obstacles(rawValue: 4)
  }

  private struct State {
    var obstacles: Obstacles = .starting
    var watchers: [UInt64: AsyncStream<Bool>.Continuation] = [:]
    var nextWatcher: UInt64 = 0
  }

  private let state = Mutex(State())

  public init() {}

  public var obstacles: Obstacles { state.withLock { $0.obstacles } }
  public var isServing: Bool { obstacles.isEmpty }

  public func raise(_ obstacle: Obstacles) { change { $0.insert(obstacle) } }

  /// - Precondition: not `.draining`.
  public func lift(_ obstacle: Obstacles) {
    precondition(!obstacle.contains(.draining), "a service that drains does not come back")
    change { $0.subtract(obstacle) }
  }

  private func change(_ body: (inout Obstacles) -> Void) {
    let finished = state.withLock { state -> [AsyncStream<Bool>.Continuation] in
      let before = state.obstacles
      body(&state.obstacles)
      let after = state.obstacles
      if before.isEmpty != after.isEmpty {
        for watcher in state.watchers.values { watcher.yield(after.isEmpty) }
      }
      guard after.contains(.draining) else { return [] }
      defer { state.watchers.removeAll() }
      return Array(state.watchers.values)
    }
    // Outside the lock: the end of a stream calls back.
    for watcher in finished { watcher.finish() }
  }

  /// Runs `body` until it ends or the service drains; then it is cancelled and this returns. For streams that never end by themselves,
  /// so that a drain need not wait for their readers.
  public func untilDraining(_ body: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await body() }
      group.addTask { [self] in for await _ in changes() {} }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Whether it serves: now, and whenever that changes. A slow reader gets the latest only. Ends when the service drains.
  public func changes() -> AsyncStream<Bool> {
    let (stream, continuation) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingNewest(1))
    let watcher = state.withLock { state -> UInt64? in
      continuation.yield(state.obstacles.isEmpty)
      guard !state.obstacles.contains(.draining) else { return nil }
      state.nextWatcher += 1
      state.watchers[state.nextWatcher] = continuation
      return state.nextWatcher
    }
    guard let watcher else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [self] _ in state.withLock { _ = $0.watchers.removeValue(forKey: watcher) } }
    return stream
  }
}
