internal import Cryptography
internal import DispatchDomain
internal import Reactor
internal import Synchronization

/// Makes and checks password hashes on helper threads. Each takes a quarter of a second of a core and 32 MiB, so only a few run at once,
/// and only so many wait: nobody brings a node down by signing in.
final class PasswordHasher: Sendable {
  /// Hashes at the same time: 2 of the pool's 4 threads.
  static let parallel = 2
  /// Callers that wait: 64, which is about 8 s of work.
  static let queueLimit = 64

  private struct State {
    var running = 0
    var waiting: [CheckedContinuation<Void, any Error>] = []
  }

  private let state = Mutex(State())

  func make(_ password: String) async throws -> String {
    try await inTurn { try PasswordHash.make(password) }
  }

  /// - Parameter stored: nil when there is no such account; then it takes as long, and is wrong.
  func verify(_ password: String, against stored: String?) async throws -> Bool {
    let isHashable = password.utf8.count <= PasswordRule.longestBytes
    let password = isHashable ? password : ""
    let isRight = try await inTurn { PasswordHash.verify(password, against: stored ?? Self.nobodys) }
    return isRight && isHashable && stored != nil
  }

  private func inTurn<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await takeTurn()
    defer { giveTurn() }
    return try await OffloadPool.run(body)
  }

  /// - Throws: `AccountRefusal.busy`.
  private func takeTurn() async throws {
    try await withCheckedThrowingContinuation { continuation in
      let now = state.withLock { state -> Result<Void, any Error>? in
        if state.running < Self.parallel {
          state.running += 1
          return .success(())
        }
        guard state.waiting.count < Self.queueLimit else { return .failure(AccountRefusal.busy) }
        state.waiting.append(continuation)
        return nil
      }
      if let now { continuation.resume(with: now) }
    }
  }

  /// The turn goes to who waits longest.
  private func giveTurn() {
    let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
      guard !state.waiting.isEmpty else {
        state.running -= 1
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.resume()
  }

  /// The hash of no password, at the price of all others.
  private static let nobodys =
    "scrypt$15$8$3$\(Base32.encode([UInt8](repeating: 1, count: 16)))$\(Base32.encode([UInt8](repeating: 1, count: 32)))"
}
