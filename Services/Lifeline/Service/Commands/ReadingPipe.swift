internal import Synchronization

/// Between the reader of a stream and the writer of its transactions: while a transaction is under way the next batch collects here, up
/// to a limit at which the reader waits, and with it, through HTTP/2's windows, the sender. So batches grow with the load and a lone
/// reading does not wait.
///
/// One reader, one writer.
final class ReadingPipe: Sendable {
  private struct State {
    var runs: [ReadingRun] = []
    var readings = 0
    var isFinished = false
    var isClosed = false
    var reader: CheckedContinuation<Void, Never>?
    var writer: CheckedContinuation<Void, Never>?
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) { self.limit = limit }

  /// Returns once there is room for more.
  /// - Throws: `CancellationError` when the writer has gone.
  func put(_ run: ReadingRun) async throws {
    let (isFull, writer) = state.withLock { state in
      state.runs.append(run)
      state.readings += run.count
      defer { state.writer = nil }
      return (state.readings >= limit, state.writer)
    }
    writer?.resume()
    if isFull { await waitForRoom() }
    if state.withLock({ $0.isClosed }) { throw CancellationError() }
  }

  /// The reader has no more.
  func finish() {
    let writer = state.withLock { state in
      state.isFinished = true
      defer { state.writer = nil }
      return state.writer
    }
    writer?.resume()
  }

  /// Everything collected so far, in order of arrival; waits for something. Nil when there is nothing more to come.
  func take() async -> [ReadingRun]? {
    while true {
      let (runs, isFinished, reader) = state.withLock { state in
        defer { (state.runs, state.readings, state.reader) = ([], 0, nil) }
        return (state.runs, state.isFinished, state.reader)
      }
      reader?.resume()
      if !runs.isEmpty { return runs }
      if isFinished { return nil }
      await waitForRuns()
    }
  }

  /// The writer has gone: whatever comes is dropped.
  func close() {
    let reader = state.withLock { state in
      state.isClosed = true
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume()
  }

  private func waitForRoom() async {
    await withCheckedContinuation { continuation in
      let mustWait = state.withLock { state in
        guard state.readings >= limit, !state.isClosed else { return false }
        state.reader = continuation
        return true
      }
      if !mustWait { continuation.resume() }
    }
  }

  private func waitForRuns() async {
    await withCheckedContinuation { continuation in
      let mustWait = state.withLock { state in
        guard state.runs.isEmpty, !state.isFinished else { return false }
        state.writer = continuation
        return true
      }
      if !mustWait { continuation.resume() }
    }
  }
}
