internal import CLibpq
import Reactor

/// A script, or a COPY, outside pipeline mode.
final class SimpleRun {
  let text: String
  /// What goes to the server once it asks for it; nil for a script.
  let payload: CopyPayload?
  var offset = 0
  var affected = 0
  var failure: PostgresError?
  private var completion: ((Result<Int, PostgresError>) -> Void)?

  init(_ text: String, payload: CopyPayload?, completion: @escaping (Result<Int, PostgresError>) -> Void) {
    self.text = text
    self.payload = payload
    self.completion = completion
  }

  func finish(failure late: PostgresError? = nil) {
    let done = completion
    completion = nil
    if let failure = failure ?? late { done?(.failure(failure)) } else { done?(.success(affected)) }
  }
}

extension Connection {
  /// Bytes that one PQputCopyData takes over: 128 KiB. libpq sends when its buffer holds 8 KiB, so more only costs memory.
  private static let copyChunk = 128 << 10

  /// Runs a script of several statements by the simple protocol. The connection must be idle.
  func runScript(_ script: String, completion: @escaping (Result<Int, PostgresError>) -> Void) {
    begin(SimpleRun(script, payload: nil, completion: completion))
  }

  /// Runs `COPY … FROM STDIN BINARY` with the payload. The connection must be idle. Gives the number of rows.
  func runCopy(_ text: String, _ payload: CopyPayload, completion: @escaping (Result<Int, PostgresError>) -> Void) {
    begin(SimpleRun(text, payload: payload, completion: completion))
  }

  private func begin(_ run: SimpleRun) {
    guard let handle, isReady else { return run.finish(failure: PostgresError(.connectionLost, "the connection is closed")) }
    precondition(isIdle, "a script or COPY on a connection that is busy")
    state = .simple(run)
    guard PQexitPipelineMode(handle) == 1, PQsendQuery(handle, run.text) == 1 else { return lose(.lost(handle)) }
    flush()
  }

  /// Takes the results that have arrived, and feeds COPY as far as the socket takes it.
  func proceed(_ run: SimpleRun) {
    while let handle, case .simple = state {
      if PQisBusy(handle) != 0 { return }
      guard let pointer = PQgetResult(handle) else { return end(run, handle) }
      let result = ResultOwner(pointer)
      switch PQresultStatus(result.pointer) {
      case PGRES_COPY_IN:
        guard feed(run, handle) else { return }
      case PGRES_FATAL_ERROR:
        run.failure = run.failure ?? PostgresError(result: result.pointer)
        if PQstatus(handle) == CONNECTION_BAD { return lose(run.failure!) }
      case PGRES_COPY_OUT, PGRES_COPY_BOTH:
        return lose(PostgresError(.closed, "COPY TO is not a statement of a script"))
      default:
        run.affected = Int(String(cString: PQcmdTuples(result.pointer))) ?? 0
      }
    }
  }

  /// True when everything has been handed over and the answer is to be awaited. While libpq has unsent bytes it gets no more of them: what
  /// it cannot send it would keep.
  private func feed(_ run: SimpleRun, _ handle: OpaquePointer) -> Bool {
    guard let payload = run.payload else {
      _ = PQputCopyEnd(handle, "no data here")
      return flush()
    }
    while run.offset < payload.count {
      let chunk = min(Self.copyChunk, payload.count - run.offset)
      guard PQputCopyData(handle, payload.pointer + run.offset, Int32(chunk)) == 1 else {
        lose(.lost(handle))
        return false
      }
      run.offset += chunk
      let pending = PQflush(handle)
      if pending < 0 { lose(.lost(handle)) } else if pending == 1 { want([.read, .write]) }
      if pending != 0 { return false }
    }
    guard PQputCopyEnd(handle, nil) == 1 else {
      lose(.lost(handle))
      return false
    }
    return flush()
  }

  private func end(_ run: SimpleRun, _ handle: OpaquePointer) {
    state = .ready
    guard PQenterPipelineMode(handle) == 1 else {
      state = .simple(run)
      return lose(.lost(handle))
    }
    want(.read)
    run.finish()
    owner.connectionProgressed(self)
  }
}
