internal import CNghttp2
internal import Cryptography
internal import Glibc
internal import Reactor

/// A client's connection to one address: from the connect on until it is closed.
///
/// `@unchecked Sendable`: confined to the reactor, as its superclass says.
final class ClientConnection: Connection, @unchecked Sendable {
  private let core: ChannelCore
  private let authority: FixedBytes
  /// Told of `ready`, `retired` and `closed`; nil afterwards.
  private var owner: Endpoint?
  private var connectTimer: TimerID?
  /// The server's SETTINGS have come: calls may go.
  private(set) var isReady = false
  /// No more calls: GOAWAY, or numbers used up.
  private var isRetired = false

  private init(core: ChannelCore, owner: Endpoint, descriptor: Int32, phase: Phase) {
    self.core = core
    self.owner = owner
    authority = owner.authority
    super.init(reactor: owner.reactor, limits: core.limits, isServer: false, descriptor: descriptor, phase: phase)
  }

  /// Starts a non-blocking connect.
  static func connect(to address: SocketAddress, core: ChannelCore, owner: Endpoint) throws -> ClientConnection {
    let descriptor = socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SystemError("socket") }
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    let result = address.withSockaddr { Glibc.connect(descriptor, $0, $1) }
    guard result == 0 || errno == EINPROGRESS else {
      let error = SystemError("connect")
      Glibc.close(descriptor)
      throw error
    }
    return ClientConnection(core: core, owner: owner, descriptor: descriptor, phase: result == 0 ? .handshaking : .connecting)
  }

  func start() {
    connectTimer = reactor.schedule(after: core.configuration.connectTimeout) { [self] in
      connectTimer = nil
      close(RPCError(.unavailable, "The server did not answer in time."))
    }
    do {
      begin(tls: try core.tls.map { try TLSEngine(context: $0, descriptor: rawDescriptor) })
    } catch {
      close(Connection.failure(error))
    }
  }

  /// The authority of the certificate was checked by TLS; here: that it belongs to the service that was meant.
  override func opened() throws {
    guard let expected = core.expectedService, core.tls != nil else { return }
    let identities = tls?.peerCertificate?.uris.compactMap { ServiceIdentity(uri: $0) } ?? []
    guard identities.contains(where: { $0.service == expected }) else {
      let found = identities.first?.service ?? "none"
      throw RPCError(.unavailable, "The server's certificate names the service \(found), expected is \(expected).")
    }
  }

  override func settingsReceived() {
    guard !isReady else { return }
    isReady = true
    if let connectTimer { reactor.cancel(connectTimer) }
    connectTimer = nil
    owner?.ready(self)
  }

  override func goAwayReceived(lastStreamID: Int32) { retire() }

  /// Calls in flight go on; new ones go elsewhere.
  func retire() {
    guard !isRetired else { return }
    isRetired = true
    owner?.retired(self)
    scheduleFlush()
  }

  override func didClose(_ reason: RPCError) {
    if let connectTimer { reactor.cancel(connectTimer) }
    connectTimer = nil
    let owner = owner
    self.owner = nil
    if !isRetired { owner?.closed(self, reason) }
    owner?.forgot(self)
  }

  override var needsKeepalive: Bool { streamCount > 0 }

  /// The request's header fields: the protocol's own, then the metadata.
  func requestFields(
    _ method: Method, _ metadata: Metadata, deadline: MonotonicTime?, _ body: (UnsafePointer<nghttp2_nv>, Int) -> Int32
  ) -> Int32 {
    withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: StaticFields.request.count + 2) { fixed in
      let common = StaticFields.request
      fixed[0] = common[0]
      fixed[1] = core.tls == nil ? common[1] : StaticFields.secureScheme[0]
      fixed[2] = StaticFields.field(":path", method.storage.pathBytes)
      fixed[3] = StaticFields.field(":authority", authority)
      for index in 2..<common.count { fixed[index + 2] = common[index] }
      var fields = HeaderFields()
      if let deadline {
        let now = MonotonicTime.now()
        fields.add("grpc-timeout", TimeoutHeader.encode(nanoseconds: deadline > now ? deadline.nanoseconds - now.nanoseconds : 1))
      }
      if !metadata.isEmpty { fields.add(metadata) }
      return fields.withFields(after: UnsafeBufferPointer(fixed), body)
    }
  }
}
