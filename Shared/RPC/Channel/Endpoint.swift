internal import Glibc
internal import Reactor

/// One of a channel's addresses on one reactor, and the connection to it. Which state follows which:
/// idle → connecting → ready → idle (lost or GOAWAY); connecting → pausing (failed) → idle.
///
/// `@unchecked Sendable`: confined to `reactor`; the resolving task that holds it runs there.
final class Endpoint: @unchecked Sendable {
  enum State {
    case idle
    case connecting
    case ready(ClientConnection)
    /// After a failure, until the back-off is over.
    case pausing
  }

  let reactor: Reactor
  let authority: FixedBytes
  private let target: ChannelTarget.Address
  private let core: ChannelCore
  private unowned let channel: ReactorChannel
  private(set) var state = State.idle
  /// Failed attempts in a row.
  private var failures = 0
  private var pause: TimerID?
  /// Addresses of the name that the current attempt has not tried.
  private var untried: [SocketAddress] = []
  /// Every connection that is not closed, the ones that GOAWAY retired included.
  private var connections: [ObjectIdentifier: ClientConnection] = [:]

  init(_ target: ChannelTarget.Address, core: ChannelCore, channel: ReactorChannel) {
    self.target = target
    self.core = core
    self.channel = channel
    reactor = channel.reactor
    authority = FixedBytes(target.description.utf8)
  }

  var connection: ClientConnection? {
    if case .ready(let connection) = state { connection } else { nil }
  }

  /// Starts an attempt, unless one runs or the back-off isn't over.
  func connect() {
    guard case .idle = state else { return }
    state = .connecting
    if let address = SocketAddress(host: target.host, port: target.port) {
      untried = [address]
      return tryNext(after: RPCError(.unavailable, "No address."))
    }
    let target = target
    reactor.spawn { [self] in
      do {
        untried = try await OffloadPool.run { try target.resolve() }
        tryNext(after: RPCError(.unavailable, "\(target.host) has no address."))
      } catch {
        failed(Connection.failure(error))
      }
    }
  }

  private func tryNext(after error: RPCError) {
    guard case .connecting = state else { return }
    guard !untried.isEmpty else { return failed(error) }
    let address = untried.removeFirst()
    do {
      let connection = try ClientConnection.connect(to: address, core: core, owner: self)
      connections[ObjectIdentifier(connection)] = connection
      connection.start()
    } catch {
      tryNext(after: Connection.failure(error))
    }
  }

  private func failed(_ error: RPCError) {
    // Closed while the name was being resolved: then the channel may be gone.
    guard case .connecting = state else { return }
    failures += 1
    state = .pausing
    let delay = Backoff.delay(
      attempt: failures, initial: core.configuration.initialBackoff, limit: core.configuration.maxBackoff, multiplier: 2,
      random: Double.random(in: 0..<1))
    pause = reactor.schedule(after: delay) { [self] in
      pause = nil
      guard case .pausing = state else { return }
      state = .idle
      channel.endpointIsIdle(self)
    }
    channel.endpointFailed(self, RPCError(.unavailable, "\(target): \(error.message)"))
  }

  // MARK: What connections report

  func ready(_ connection: ClientConnection) {
    guard case .connecting = state else { return }
    failures = 0
    untried = []
    state = .ready(connection)
    channel.endpointIsReady(self)
  }

  func retired(_ connection: ClientConnection) {
    guard case .ready(let current) = state, current === connection else { return }
    state = .idle
    channel.endpointIsIdle(self)
  }

  /// Of a connection that had not been retired.
  func closed(_ connection: ClientConnection, _ reason: RPCError) {
    switch state {
    case .connecting: tryNext(after: reason)
    case .ready(let current) where current === connection:
      state = .idle
      channel.endpointIsIdle(self)
    default: break
    }
  }

  func forgot(_ connection: ClientConnection) {
    connections[ObjectIdentifier(connection)] = nil
  }

  /// For good: every call on it fails.
  func close(_ reason: RPCError) {
    if let pause { reactor.cancel(pause) }
    pause = nil
    state = .pausing
    for connection in Array(connections.values) { connection.close(reason) }
  }
}

/// Exponential back-off with jitter, as in gRPC's connection-backoff.md: ±20 %.
enum Backoff {
  /// - Parameters:
  ///   - attempt: 1 for the pause after the first failure.
  ///   - random: 0 to 1.
  static func delay(attempt: Int, initial: Duration, limit: Duration, multiplier: Double, random: Double) -> Duration {
    let growth = pow(max(1, multiplier), Double(max(0, min(attempt, 64) - 1)))
    let seconds = min(limit.inSeconds, initial.inSeconds * growth)
    return .seconds(seconds * (0.8 + 0.4 * random))
  }
}
