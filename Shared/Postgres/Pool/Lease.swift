internal import CLibpq
import Reactor

/// One connection for one caller. Confined to its reactor.
final class Lease {
  /// How long a statement of a cancelled task may go on before PostgreSQL is asked to stop it: 100 ms. Most are done by then, and stopping
  /// one costs a connection of its own and this one.
  private static let cancelGrace = Duration.milliseconds(100)

  private let connection: Connection
  private let pool: Pool
  private var running: UInt64 = 0
  private var cancelled = false
  private var ended = false

  init(_ connection: Connection, of pool: Pool) {
    self.connection = connection
    self.pool = pool
  }

  deinit {
    assert(ended, "a leased connection was not given back")
  }

  /// One round trip: the opening, the statements, the closing.
  func perform(opening: String? = nil, _ statements: [SQL], closing: String? = nil) async throws -> [Rows] {
    try await stoppable {
      try await withUnsafeThrowingContinuation { continuation in
        connection.send(Batch(opening: opening, statements: statements, closing: closing, completion: .several(continuation)))
      }
    }
  }

  func runScript(_ script: String) async throws {
    _ =
      try await stoppable {
        try await withUnsafeThrowingContinuation { continuation in
          connection.runScript(script) { continuation.resume(with: $0.mapError { $0 as any Error }) }
        }
      } as Int
  }

  func runCopy(_ text: String, _ payload: CopyPayload) async throws -> Int {
    try await stoppable {
      try await withUnsafeThrowingContinuation { continuation in
        connection.runCopy(text, payload) { continuation.resume(with: $0.mapError { $0 as any Error }) }
      }
    }
  }

  /// Gives the connection back; `clean` says that no transaction is open on it.
  func end(clean: Bool) {
    guard !ended else { return }
    ended = true
    pool.takeBack(connection, reusable: clean && !cancelled)
  }

  private func stoppable<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
    running += 1
    let number = running
    let confined = Confined(self)
    defer { running += 1 }
    return try await withTaskCancellationHandler(operation: body) { [reactor = connection.reactor] in
      reactor.execute { confined.value.stopLater(number) }
    }
  }

  private func stopLater(_ number: UInt64) {
    guard running == number else { return }
    connection.reactor.schedule(after: Self.cancelGrace) { [self] in
      guard running == number, !ended, let handle = connection.handle, let request = PQgetCancel(handle) else { return }
      // The request may reach PostgreSQL when the next statement is running already, so this connection is not used again.
      cancelled = true
      let confined = Confined(request)
      connection.reactor.spawn {
        // PQcancel blocks: it makes a connection of its own. Without a helper thread the statement goes on to its limit.
        try? await OffloadPool.run {
          var message = [CChar](repeating: 0, count: 256)
          PQcancel(confined.value, &message, Int32(message.count))
        }
        PQfreeCancel(confined.value)
      }
    }
  }
}
