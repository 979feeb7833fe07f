internal import Reactor

/// One suspended reader or sender of a stream.
///
/// `@unchecked Sendable`: every method runs on the stream's reactor.
final class Waiter<Value: Sendable>: @unchecked Sendable {
  private var continuation: UnsafeContinuation<Value, any Error>?
  private var isCancelled = false

  /// Keeps the continuation; false (and resumed) when the task was cancelled before it came here.
  func begin(_ continuation: UnsafeContinuation<Value, any Error>) -> Bool {
    if isCancelled {
      continuation.resume(throwing: CancellationError())
      return false
    }
    self.continuation = continuation
    return true
  }

  /// False when it had been resumed already.
  @discardableResult
  func resume(with result: Result<Value, any Error>) -> Bool {
    guard let continuation else { return false }
    self.continuation = nil
    continuation.resume(with: result)
    return true
  }

  func cancel() {
    isCancelled = true
    resume(with: .failure(CancellationError()))
  }

  var isWaiting: Bool { continuation != nil }
}
