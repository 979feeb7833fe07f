internal import CNghttp2
internal import Reactor

/// What a connection remembers to tell a silent peer from a dead one.
struct Keepalive {
  var timer: TimerID?
  /// Something came since the timer was set.
  var hasReceived = false
  var isPingOutstanding = false
}

extension Connection {
  /// Streams see their frames; what concerns the connection stays here.
  func frameReceived(_ frame: UnsafePointer<nghttp2_frame>) {
    let header = frame.pointee.hd
    switch UInt32(header.type) {
    case NGHTTP2_DATA.rawValue, NGHTTP2_HEADERS.rawValue:
      guard let user = nghttp2_session_get_stream_user_data(session, header.stream_id) else { return }
      let isEnd = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
      Unmanaged<CallStream>.fromOpaque(user)._withUnsafeGuaranteedRef { stream in
        if UInt32(header.type) == NGHTTP2_HEADERS.rawValue { stream.headersReceived(endStream: isEnd) }
        if isEnd { stream.endReceived() }
      }
    case NGHTTP2_SETTINGS.rawValue where header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0: settingsReceived()
    case NGHTTP2_PING.rawValue where header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0:
      let data = withUnsafeBytes(of: frame.pointee.ping.opaque_data) { $0.loadUnaligned(as: UInt64.self) }
      pingAcknowledged(data)
    case NGHTTP2_GOAWAY.rawValue: goAwayReceived(lastStreamID: frame.pointee.goaway.last_stream_id)
    default: break
    }
  }

  func submitPing(_ data: UInt64) {
    withUnsafeBytes(of: data) { bytes in
      _ = nghttp2_submit_ping(session, 0, bytes.bindMemory(to: UInt8.self).baseAddress)
    }
    scheduleFlush()
  }

  func scheduleKeepalive(after delay: Duration) {
    keepalive.timer = reactor.schedule(after: delay) { [self] in keepaliveTick() }
  }

  private func keepaliveTick() {
    // Closed by an earlier timer of the same turn.
    guard phase == .open else { return }
    if keepalive.hasReceived || !needsKeepalive {
      keepalive.hasReceived = false
      keepalive.isPingOutstanding = false
      return scheduleKeepalive(after: limits.keepaliveInterval)
    }
    if keepalive.isPingOutstanding { return close(RPCError(.unavailable, "The peer has gone silent.")) }
    keepalive.isPingOutstanding = true
    submitPing(0)
    scheduleKeepalive(after: limits.keepaliveTimeout)
  }
}
