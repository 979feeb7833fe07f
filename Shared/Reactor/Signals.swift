internal import CLinux
internal import Glibc

/// Signals as something to wait for.
public enum Signals {
  /// Keeps the signals from their default action, in this thread and in those that it starts: call it first in `main`.
  public static func block(_ signals: [Int32]) {
    var set = signalSet(signals)
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Waits on the current reactor for one of the (blocked) signals. Throws `CancellationError` when the task is cancelled.
  public static func next(of signals: [Int32]) async throws -> Int32 {
    guard let reactor = Reactor.current else { preconditionFailure("Signals.next outside a reactor") }
    let waiter = try Waiter(reactor, signals)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { waiter.begin($0) }
    } onCancel: {
      reactor.execute { waiter.end(.failure(CancellationError())) }
    }
  }

  static func signalSet(_ signals: [Int32]) -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    return set
  }

  /// `@unchecked Sendable`: used on `reactor` only.
  private final class Waiter: ReadinessHandler, @unchecked Sendable {
    private let reactor: Reactor
    private let descriptor: Int32
    private var watch: Watch?
    private var continuation: CheckedContinuation<Int32, any Error>?
    private var ended = false

    init(_ reactor: Reactor, _ signals: [Int32]) throws(SystemError) {
      self.reactor = reactor
      var set = signalSet(signals)
      descriptor = signalfd(-1, &set, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
      guard descriptor >= 0 else { throw SystemError("signalfd") }
    }

    deinit { close(descriptor) }

    func begin(_ continuation: CheckedContinuation<Int32, any Error>) {
      if ended { return continuation.resume(throwing: CancellationError()) }
      self.continuation = continuation
      do {
        watch = try reactor.watch(descriptor, .read, handler: self)
      } catch {
        end(.failure(error))
      }
    }

    func ready(_ readiness: Readiness) {
      var info = signalfd_siginfo()
      guard read(descriptor, &info, MemoryLayout<signalfd_siginfo>.size) == MemoryLayout<signalfd_siginfo>.size else { return }
      end(.success(Int32(info.ssi_signo)))
    }

    func end(_ result: Result<Int32, any Error>) {
      guard !ended else { return }
      ended = true
      if let watch { reactor.unwatch(watch) }
      watch = nil
      continuation?.resume(with: result)
      continuation = nil
    }
  }
}
