/// Statements that go to the server together and end with one synchronisation point: outside a transaction they are one implicit
/// transaction. An error skips the rest of the batch and touches no other batch on the same connection.
struct Batch {
  /// Runs before the statements in the same round trip, without a result of its own: BEGIN.
  var opening: String?
  var statements: [SQL]
  /// Runs after them: COMMIT. Its answer is the last of the results.
  var closing: String?
  let completion: Completion

  enum Completion {
    case single(UnsafeContinuation<Rows, any Error>)
    case several(UnsafeContinuation<[Rows], any Error>)
    /// For the connection's own errands.
    case handler((Result<[Rows], PostgresError>) -> Void)
  }
}

/// A batch that has been sent.
struct SentBatch {
  var results: [Rows] = []
  var single: Rows?
  var failure: PostgresError?
  let completion: Batch.Completion

  mutating func add(_ rows: Rows) {
    if case .single = completion { single = rows } else { results.append(rows) }
  }

  /// Wakes the caller.
  func complete() {
    switch completion {
    case .single(let continuation):
      if let single, failure == nil { continuation.resume(returning: single) } else { continuation.resume(throwing: failure!) }
    case .several(let continuation):
      if let failure { continuation.resume(throwing: failure) } else { continuation.resume(returning: results) }
    case .handler(let handler):
      handler(failure.map { .failure($0) } ?? .success(results))
    }
  }
}

/// What libpq's next result belongs to.
enum Step {
  /// The preparation of a statement, by its number in the cache.
  case prepare(Int)
  /// A statement with a result for the caller; its number in the cache, 0 without one.
  case execute(Int)
  /// Something whose success is not interesting: BEGIN, DEALLOCATE.
  case silent
  case synchronisation
}
