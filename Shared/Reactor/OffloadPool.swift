internal import DequeModule
internal import Glibc
internal import Synchronization

/// Helper threads for what blocks: name resolution, files, heavy computation. Never for waiting on a peer.
public enum OffloadPool {
  /// Threads of the pool.
  static let threadCount = 4
  /// Most calls that wait for a thread.
  static let queueLimit = 10_000

  /// Too many calls wait already.
  public struct Overloaded: Error {}

  /// Runs `body` on a helper thread and returns to the caller's executor with its result.
  public static func run<Success: Sendable>(_ body: @escaping @Sendable () throws -> Success) async throws -> Success {
    try await withCheckedThrowingContinuation { continuation in
      let accepted = pool.submit { continuation.resume(with: Result { try body() }) }
      if !accepted { continuation.resume(throwing: Overloaded()) }
    }
  }

  private static let pool = Pool()

  /// `@unchecked Sendable`: `queue` and `started` are touched under `mutex` only.
  private final class Pool: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var queue = Deque<@Sendable () -> Void>()
    private var started = 0

    init() {
      mutex = .allocate(capacity: 1)
      condition = .allocate(capacity: 1)
      pthread_mutex_init(mutex, nil)
      pthread_cond_init(condition, nil)
    }

    func submit(_ body: @escaping @Sendable () -> Void) -> Bool {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      guard queue.count < OffloadPool.queueLimit else { return false }
      if started < OffloadPool.threadCount, (try? startThread(named: "offload-\(started)") { self.work() }) != nil { started += 1 }
      guard started > 0 else { return false }
      queue.append(body)
      pthread_cond_signal(condition)
      return true
    }

    private func work() {
      while true {
        pthread_mutex_lock(mutex)
        while queue.isEmpty { pthread_cond_wait(condition, mutex) }
        let body = queue.removeFirst()
        pthread_mutex_unlock(mutex)
        body()
      }
    }
  }
}
