internal import DispatchDomain
internal import Reactor

/// How long the caller of a command waits for its answer. What might not be done by then is not begun: whoever hears that the time has run
/// out should not find it done, nor the node busy with what nobody waits for.
struct Patience: Sendable {
  /// Kept for one hash on a busy machine, the write behind it and the answer's way: 2 s.
  static let reserve: Duration = .seconds(2)

  /// The last moment to begin a step; nil when the caller waits for ever.
  let latestStart: MonotonicTime?
  let now: @Sendable () -> MonotonicTime

  init(until deadline: MonotonicTime?, now: @escaping @Sendable () -> MonotonicTime = { .now() }) {
    latestStart = deadline?.advanced(by: .zero - Self.reserve)
    self.now = now
  }

  /// - Throws: `AccountRefusal.busy` when it is too late to begin a step.
  func check() throws(AccountRefusal) {
    if let latestStart, now() > latestStart { throw .busy }
  }
}
