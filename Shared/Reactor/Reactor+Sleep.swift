extension Reactor {
  /// Waits on the current reactor's timers. Throws `CancellationError` when the task is cancelled.
  public static func sleep(for delay: Duration) async throws {
    guard let reactor = Reactor.current else { preconditionFailure("Reactor.sleep outside a reactor") }
    try Task.checkCancellation()
    let sleeper = Sleeper(reactor)
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { sleeper.begin(delay, $0) }
    } onCancel: {
      reactor.execute { sleeper.end(throwing: CancellationError()) }
    }
  }

  /// `@unchecked Sendable`: `begin` and `end` run on `reactor` only.
  private final class Sleeper: @unchecked Sendable {
    private let reactor: Reactor
    private var continuation: CheckedContinuation<Void, any Error>?
    private var timer: TimerID?
    private var ended = false

    init(_ reactor: Reactor) { self.reactor = reactor }

    func begin(_ delay: Duration, _ continuation: CheckedContinuation<Void, any Error>) {
      if ended { return continuation.resume(throwing: CancellationError()) }
      self.continuation = continuation
      timer = reactor.schedule(after: delay) { self.end(throwing: nil) }
    }

    func end(throwing error: (any Error)?) {
      guard !ended else { return }
      ended = true
      if let timer { reactor.cancel(timer) }
      if let error { continuation?.resume(throwing: error) } else { continuation?.resume() }
      continuation = nil
    }
  }
}
