internal import Cryptography
internal import DequeModule
internal import Reactor

/// What all reactors of a channel share.
final class ChannelCore: Sendable {
  let target: ChannelTarget?
  let tls: TLSContext?
  let expectedService: String?
  let configuration: ChannelConfiguration
  let limits: Limits

  init(target: ChannelTarget?, tls: TLSContext?, expectedService: String?, configuration: ChannelConfiguration) {
    self.target = target
    self.tls = tls
    self.expectedService = expectedService
    self.configuration = configuration
    limits = configuration.limits
  }
}

/// A channel's part on one reactor: its endpoints, and the calls that wait for one of them.
///
/// `@unchecked Sendable`: confined to `reactor`.
final class ReactorChannel: @unchecked Sendable {
  let reactor: Reactor
  private let core: ChannelCore
  private var endpoints: [Endpoint] = []
  private var waiting = Deque<ClientStream>()
  /// Where round-robin goes on.
  private var turn = 0
  private var lastFailure: RPCError?
  private var isClosed = false

  init(reactor: Reactor, core: ChannelCore) {
    self.reactor = reactor
    self.core = core
    endpoints = (core.target?.addresses ?? []).map { Endpoint($0, core: core, channel: self) }
  }

  /// Begins a call: on a connection that is ready, or as soon as there is one.
  func start(_ call: ClientStream) {
    guard call.stage == .waiting else { return }
    if isClosed { return call.refuse(ReactorChannel.closed) }
    if let deadline = call.deadline, deadline <= .now() { return call.refuse(RPCError(.deadlineExceeded, "The call's time is over.")) }
    if let connection = pick() {
      call.startDeadline()
      return call.submit(on: connection)
    }
    guard !endpoints.isEmpty else { return call.refuse(RPCError(.unavailable, "The channel's target is no host:port.")) }
    // All addresses are in their back-off: without waitForReady the last failure is the answer.
    if !call.waitsForReady, let lastFailure, endpoints.allSatisfy(\.isPausing) { return call.refuse(lastFailure) }
    guard waiting.count < core.configuration.maxWaitingCalls else {
      waiting.removeAll { $0.stage != .waiting }
      guard waiting.count < core.configuration.maxWaitingCalls else {
        return call.refuse(RPCError(.resourceExhausted, "Too many calls wait for a connection."))
      }
      return wait(call)
    }
    wait(call)
  }

  private func wait(_ call: ClientStream) {
    call.waitingReason = lastFailure.map { "No connection in time. \($0.message)" }
    call.startDeadline()
    waiting.append(call)
    connectSome()
  }

  func close() {
    isClosed = true
    for endpoint in endpoints { endpoint.close(ReactorChannel.closed) }
    let waiting = waiting
    self.waiting.removeAll()
    for call in waiting { call.refuse(ReactorChannel.closed) }
  }

  private static let closed = RPCError(.unavailable, "The channel is closed.")

  /// Pick-first: the first address that is ready. Round-robin: the next one.
  private func pick() -> ClientConnection? {
    switch core.configuration.balancing {
    case .pickFirst:
      for endpoint in endpoints {
        if let connection = endpoint.connection { return connection }
      }
    case .roundRobin:
      for step in 0..<endpoints.count {
        let index = (turn + step) % endpoints.count
        guard let connection = endpoints[index].connection else {
          endpoints[index].connect()
          continue
        }
        turn = index + 1
        return connection
      }
    }
    return nil
  }

  /// Pick-first tries one address after the other, round-robin all of them.
  private func connectSome() {
    switch core.configuration.balancing {
    case .pickFirst:
      guard !endpoints.contains(where: \.isConnecting) else { return }
      endpoints.first { $0.isIdle }?.connect()
    case .roundRobin:
      for endpoint in endpoints { endpoint.connect() }
    }
  }

  // MARK: What endpoints report

  func endpointIsReady(_ endpoint: Endpoint) {
    lastFailure = nil
    while let connection = pick(), let call = waiting.popFirst() {
      if call.stage == .waiting { call.submit(on: connection) }
    }
  }

  func endpointFailed(_ endpoint: Endpoint, _ error: RPCError) {
    lastFailure = error
    let allPause = endpoints.allSatisfy(\.isPausing)
    var kept = Deque<ClientStream>()
    for call in waiting where call.stage == .waiting {
      call.waitingReason = "No connection in time. \(error.message)"
      if allPause, !call.waitsForReady { call.refuse(error) } else { kept.append(call) }
    }
    waiting = kept
    if !waiting.isEmpty { connectSome() }
  }

  /// It may try again; it does when someone waits.
  func endpointIsIdle(_ endpoint: Endpoint) {
    waiting.removeAll { $0.stage != .waiting }
    if !waiting.isEmpty, !isClosed { connectSome() }
  }
}

extension Endpoint {
  var isIdle: Bool { if case .idle = state { true } else { false } }
  var isConnecting: Bool { if case .connecting = state { true } else { false } }
  var isPausing: Bool { if case .pausing = state { true } else { false } }
}
