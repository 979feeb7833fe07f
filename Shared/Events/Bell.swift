internal import Postgres
internal import Reactor
internal import Synchronization

/// Wakes everybody in this process who waits for something to change, however the change was made: it rings when the database's channel is
/// told, and when somebody here rings it. A ring is never lost: a waiter says which ring it has seen last.
final class Bell: Sendable {
  private struct State {
    var rings: UInt64 = 0
    var lastWaiter: UInt64 = 0
    var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    var listening = false
  }

  private let database: Database
  private let channel: String
  private let state = Mutex(State())

  init(database: Database, channel: String) {
    self.database = database
    self.channel = channel
  }

  /// How often it has rung.
  var rings: UInt64 { state.withLock { $0.rings } }

  func ring() {
    let waiting = state.withLock { state in
      state.rings += 1
      defer { state.waiters = [:] }
      return state.waiters.values
    }
    for waiter in waiting { waiter.resume() }
  }

  /// Waits for a ring after the `seen`th, at most for the time given, or until the task is cancelled. On a reactor.
  func wait(after seen: UInt64, atMost limit: Duration) async {
    listen()
    guard let reactor = Reactor.current else { preconditionFailure("Bell.wait outside a reactor") }
    let id = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    let timer = reactor.schedule(after: limit) { self.release(id) }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state in
          guard state.rings <= seen, !Task.isCancelled else { return false }
          state.waiters[id] = continuation
          return true
        }
        if !mustWait { continuation.resume() }
      }
    } onCancel: {
      release(id)
    }
    reactor.cancel(timer)
  }

  private func release(_ id: UInt64) {
    state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
  }

  /// The first who calls starts the listening; it ends when the database is closed. On a reactor.
  func listen() {
    let isFirst = state.withLock { state in
      defer { state.listening = true }
      return !state.listening
    }
    guard isFirst, let reactor = Reactor.current else { return }
    let notifications = database.notifications(channel)
    reactor.spawn { for await _ in notifications { self.ring() } }
  }
}
