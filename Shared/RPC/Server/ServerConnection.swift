internal import CNghttp2
internal import Cryptography
internal import Glibc
internal import Reactor

/// A client's connection, as the server sees it.
///
/// `@unchecked Sendable`: confined to the reactor, as its superclass says.
final class ServerConnection: Connection, @unchecked Sendable {
  /// How far the farewell has come: notice and PING, on its answer the last stream's number, then the end of the streams.
  private enum Farewell { case none, noticed, announced }

  /// The PING of the farewell, told from keepalive's by its content.
  private static let farewellPing: UInt64 = 0x6c6c_6577_6572_6166

  unowned let server: ReactorServer
  private var peer: Peer
  private var farewell = Farewell.none
  /// The handshake is over, HTTP/2's first SETTINGS included.
  private(set) var wasAccepted = false
  var address: String { peer.address }
  private var handshakeTimer: TimerID?
  /// Of calls that came on this connection, also of those that the caller has cancelled.
  var runningHandlers = 0
  /// Bytes of answers that the peer has not made room for, of all streams.
  var outboundBytes = 0

  init(server: ReactorServer, descriptor: Int32, address: String) {
    self.server = server
    peer = Peer(address: address, identity: nil)
    super.init(reactor: server.reactor, limits: server.limits, isServer: true, descriptor: descriptor, phase: .handshaking)
  }

  func start() {
    handshakeTimer = reactor.schedule(after: limits.handshakeTimeout) { [self] in
      handshakeTimer = nil
      close(RPCError(.deadlineExceeded, "The handshake took too long."))
    }
    do {
      begin(tls: try server.tls.map { try TLSEngine(context: $0, descriptor: rawDescriptor) })
    } catch {
      close(Connection.failure(error))
    }
  }

  override func opened() throws {
    guard let certificate = tls?.peerCertificate else { return }
    peer = Peer(address: peer.address, identity: certificate.uris.lazy.compactMap { ServiceIdentity(uri: $0) }.first)
  }

  override func settingsReceived() {
    guard let timer = handshakeTimer else { return }
    handshakeTimer = nil
    wasAccepted = true
    reactor.cancel(timer)
    // A drain that began during the handshake.
    if farewell == .none, server.isDraining { sayFarewell() }
  }

  override func unreadChanged(by bytes: Int) {
    super.unreadChanged(by: bytes)
    server.unreadBytes += bytes
  }

  override var exceededUnreadLimit: Int? {
    super.exceededUnreadLimit ?? (server.unreadBytes > limits.reactorUnreadBytes ? limits.reactorUnreadBytes : nil)
  }

  override func headersBegan(streamID: Int32, category: nghttp2_headers_category) -> Int32 {
    guard category == NGHTTP2_HCAT_REQUEST else { return 0 }
    let stream = ServerStream(on: self, peer: peer)
    adopt(stream, id: streamID)
    nghttp2_session_set_stream_user_data(session, streamID, Unmanaged.passUnretained(stream).toOpaque())
    return 0
  }

  /// No new streams; closes when the last one has ended. A connection that is still shaking hands has none: it is closed.
  func sayFarewell() {
    guard farewell == .none else { return }
    guard phase == .open, handshakeTimer == nil else { return close(RPCError(.unavailable, "The server is going away.")) }
    farewell = .noticed
    nghttp2_submit_shutdown_notice(session)
    submitPing(ServerConnection.farewellPing)
  }

  override func pingAcknowledged(_ data: UInt64) {
    guard data == ServerConnection.farewellPing, farewell == .noticed else { return }
    farewell = .announced
    nghttp2_submit_goaway(session, 0, nghttp2_session_get_last_proc_stream_id(session), HTTP2ErrorCode.none, nil, 0)
    scheduleFlush()
  }

  override func didClose(_ reason: RPCError) {
    if let handshakeTimer { reactor.cancel(handshakeTimer) }
    handshakeTimer = nil
    server.connectionClosed(self, reason)
  }
}
