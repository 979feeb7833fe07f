internal import CLibpq
import Reactor

extension Connection {
  /// Begins to connect; the owner hears of the outcome. Host names are resolved on a helper thread, because libpq 15 would block on them.
  func open() {
    let limit = configuration.connectLimit
    connectTimer = reactor.schedule(after: limit) { [weak self] in
      self?.lose(PostgresError(.connectFailed, "no connection within \(limit)"))
    }
    do {
      let parameters = try ConnectionParameters(configuration, purpose)
      guard parameters.needsResolution else { return start(parameters) }
      let confined = Confined(self)
      reactor.spawn {
        do {
          let resolved = try await OffloadPool.run { try parameters.resolved() }
          confined.value.start(resolved)
        } catch {
          confined.value.lose(error as? PostgresError ?? PostgresError(.connectFailed, "\(error)"))
        }
      }
    } catch {
      // Not from inside `open`: the owner is still busy with what made it open the connection.
      let confined = Confined(self)
      reactor.execute { confined.value.lose(error) }
    }
  }

  private func start(_ parameters: ConnectionParameters) {
    guard case .opening = state else { return }
    handle = parameters.start()
    guard let handle, PQstatus(handle) != CONNECTION_BAD else {
      let error = PostgresError(.connectFailed, PostgresError.message(of: handle))
      let confined = Confined(self)
      return reactor.execute { confined.value.lose(error) }
    }
    PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)  // so that the text of a refusal has its SQLSTATE: there is no other way to it
    PQsetNoticeReceiver(handle, { _, _ in }, nil)  // the default prints on the standard error output
    want(.write)
  }

  /// libpq may replace the socket at each step (another address, TLS refused), so the descriptor is registered anew each time.
  func pollOpening() {
    guard let handle else { return }
    unwatch()
    switch PQconnectPoll(handle) {
    case PGRES_POLLING_READING: want(.read)
    case PGRES_POLLING_WRITING: want(.write)
    case PGRES_POLLING_OK: becomeReady(handle)
    default: lose(.refused(handle))
    }
  }

  private func becomeReady(_ handle: OpaquePointer) {
    if let connectTimer { reactor.cancel(connectTimer) }
    connectTimer = nil
    guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else {
      return lose(PostgresError(.connectFailed, PostgresError.message(of: handle)))
    }
    state = .ready
    want(.read)
    if isReady { owner.connectionOpened(self) }
  }
}

/// Carries something confined to a reactor through a closure that Swift wants to be Sendable. `@unchecked Sendable`: `value` is used on
/// the reactor that it belongs to and nowhere else.
struct Confined<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
