internal import Cryptography
internal import DispatchDomain
internal import Reactor
internal import Synchronization

/// Makes and checks password hashes on helper threads. Each takes a quarter of a second of a core and 32 MiB, so only a few run at once,
/// and only so many wait, none longer than it is of use to them: nobody brings a node down by signing in.
final class PasswordHasher: Sendable {
  /// Hashes at the same time: 2 of the pool's 4 threads.
  static let parallel = 2
  /// Callers that wait: 64, which is about 8 s of work.
  static let queueLimit = 64

  private struct State {
    var turns = TurnQueue<CheckedContinuation<Void, any Error>>(parallel: PasswordHasher.parallel, limit: PasswordHasher.queueLimit)
    var lastNumber: UInt64 = 0
  }

  private let state = Mutex(State())

  /// - Throws: `AccountRefusal.busy`; `CancellationError` when its caller stops waiting before its turn.
  func make(_ password: String, _ patience: Patience) async throws -> String {
    try await inTurn(patience) { try PasswordHash.make(password) }
  }

  /// - Parameter stored: nil when there is no such account; then it takes as long, and is wrong.
  /// - Throws: as `make`.
  func verify(_ password: String, against stored: String?, _ patience: Patience) async throws -> Bool {
    let isHashable = password.utf8.count <= PasswordRule.longestBytes
    let password = isHashable ? password : ""
    let isRight = try await inTurn(patience) { PasswordHash.verify(password, against: stored ?? Self.nobodys) }
    return isRight && isHashable && stored != nil
  }

  private func inTurn<Result: Sendable>(_ patience: Patience, _ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try patience.check()
    try await takeTurn(until: patience.latestStart)
    defer { giveTurn() }
    return try await OffloadPool.run(body)
  }

  private func takeTurn(until latestStart: MonotonicTime?) async throws {
    let number = state.withLock { state in
      state.lastNumber += 1
      return state.lastNumber
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let answer = state.withLock { state in
          // Cancelled from here on: found waiting below.
          Task.isCancelled ? nil : state.turns.ask(number, latestStart: latestStart, continuation)
        }
        switch answer {
        case .begin: continuation.resume()
        case .wait: break
        case .refuse: continuation.resume(throwing: AccountRefusal.busy)
        case nil: continuation.resume(throwing: CancellationError())
        }
      }
    } onCancel: {
      state.withLock { $0.turns.leave(number) }?.resume(throwing: CancellationError())
    }
  }

  private func giveTurn() {
    let (next, late) = state.withLock { $0.turns.pass(at: .now()) }
    next?.resume()
    for waiter in late { waiter.resume(throwing: AccountRefusal.busy) }
  }

  /// The hash of no password, at the price of all others.
  private static let nobodys =
    "scrypt$15$8$3$\(Base32.encode([UInt8](repeating: 1, count: 16)))$\(Base32.encode([UInt8](repeating: 1, count: 32)))"
}
