internal import IntakeDomain
internal import Reactor

/// Many reports of one stream: each is filed on its own account, and a refused one does not stop the others.
///
/// At most `outstandingLimit` wait for their commit; then the stream is read no further. Confined to the reactor of its call.
final class SubmitReports {
  /// Two batches that form while two are under way.
  static let outstandingLimit = 4 * FilingQueue.batchLimit

  struct Failure {
    let index: Int
    let key: String
    let error: any Error
  }

  private let submit: SubmitReport
  private let queue: FilingQueue
  private var count = 0
  private var outstanding = 0
  private var accepted: [Int: FilingAnswer] = [:]
  private var failures: [Failure] = []
  private var waiter: (limit: Int, continuation: CheckedContinuation<Void, Never>)?

  init(_ submit: SubmitReport) {
    self.submit = submit
    queue = submit.queue.value
  }

  /// Takes the stream's next report; returns when there is room for another one.
  /// - Throws: `Refusal.streamTooLong`.
  func take(_ submission: Submission, by caller: Caller, request: [UInt8]) async throws(Refusal) {
    guard count < SubmissionLimits.reportsPerStream else { throw .streamTooLong(limit: SubmissionLimits.reportsPerStream) }
    let index = count
    count += 1
    do {
      let report = try submit.prepare(submission, by: caller, request: request)
      outstanding += 1
      queue.enqueue(report) { self.finish(index, submission.idempotencyKey, $0) }
    } catch {
      failures.append(Failure(index: index, key: submission.idempotencyKey, error: error))
    }
    await untilOutstanding(below: Self.outstandingLimit)
  }

  /// Waits for the last commit.
  /// - Returns: the answers in the stream's order, and the failures in theirs.
  func finish() async -> (accepted: [FilingAnswer], failures: [Failure]) {
    await untilOutstanding(below: 1)
    return (accepted.sorted { $0.key < $1.key }.map(\.value), failures.sorted { $0.index < $1.index })
  }

  private func finish(_ index: Int, _ key: String, _ result: Result<FilingAnswer, any Error>) {
    outstanding -= 1
    switch result {
    case .success(let answer): accepted[index] = answer
    case .failure(let error): failures.append(Failure(index: index, key: key, error: error))
    }
    if let waiter, outstanding < waiter.limit {
      self.waiter = nil
      waiter.continuation.resume()
    }
  }

  private func untilOutstanding(below limit: Int) async {
    guard outstanding >= limit else { return }
    await withCheckedContinuation { waiter = (limit, $0) }
  }
}
