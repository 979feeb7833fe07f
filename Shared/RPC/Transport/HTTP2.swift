internal import CNghttp2
internal import Glibc

/// HTTP/2's error codes that we send (RFC 9113 §7).
enum HTTP2ErrorCode {
  static let none: UInt32 = 0
  static let refusedStream: UInt32 = 0x7
  static let cancel: UInt32 = 0x8
}

/// Makes nghttp2 sessions with our options: windows are opened by hand, floods are bounded (SWIFT.md's list for nghttp2 1.52).
enum HTTP2Session {
  static func make(server: Bool, limits: Limits, owner: UnsafeMutableRawPointer) -> OpaquePointer? {
    var option: OpaquePointer?
    guard nghttp2_option_new(&option) == 0 else { return nil }
    defer { nghttp2_option_del(option) }
    nghttp2_option_set_no_auto_window_update(option, 1)
    nghttp2_option_set_no_closed_streams(option, 1)
    nghttp2_option_set_max_outbound_ack(option, limits.maxOutboundAcknowledgements)
    nghttp2_option_set_max_settings(option, limits.maxSettingsEntries)
    nghttp2_option_set_max_continuations(option, limits.maxContinuations)
    if server {
      nghttp2_option_set_stream_reset_rate_limit(option, UInt64(limits.resetBurst), UInt64(limits.resetsPerSecond))
    } else {
      nghttp2_option_set_max_reserved_remote_streams(option, 0)
    }
    var session: OpaquePointer?
    let result =
      server
      ? nghttp2_session_server_new2(&session, callbacks, owner, option)
      : nghttp2_session_client_new2(&session, callbacks, owner, option)
    guard result == 0, let session else { return nil }
    submitSettings(session, server: server, limits)
    return session
  }

  private static func submitSettings(_ session: OpaquePointer, server: Bool, _ limits: Limits) {
    var entries = [
      entry(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits.streamWindowBytes),
      entry(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, limits.maxHeaderBytes),
    ]
    if server {
      entries.append(entry(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.maxConcurrentStreams))
      // RFC 9218: no dependency trees.
      entries.append(entry(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1))
    } else {
      entries.append(entry(NGHTTP2_SETTINGS_ENABLE_PUSH, 0))
    }
    nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), &entries, entries.count)
    let window = Int32(clamping: limits.connectionWindowBytes)
    nghttp2_session_set_local_window_size(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, window)
  }

  private static func entry(_ id: nghttp2_settings_id, _ value: Int) -> nghttp2_settings_entry {
    nghttp2_settings_entry(settings_id: Int32(bitPattern: id.rawValue), value: UInt32(clamping: value))
  }

  /// One table for all sessions. Each callback finds its connection in the session's user data and the stream in the stream's.
  ///
  /// `nonisolated(unsafe)`: made once, never changed.
  private nonisolated(unsafe) static let callbacks: OpaquePointer = {
    var table: OpaquePointer?
    precondition(nghttp2_session_callbacks_new(&table) == 0, "no memory for nghttp2's callbacks")
    nghttp2_session_callbacks_set_on_begin_headers_callback(table) { _, frame, user in
      guard let frame, let user else { return 0 }
      return withConnection(user) { $0.headersBegan(streamID: frame.pointee.hd.stream_id, category: frame.pointee.headers.cat) }
    }
    nghttp2_session_callbacks_set_on_header_callback(table) { session, frame, name, nameLength, value, valueLength, _, _ in
      guard let frame, let user = nghttp2_session_get_stream_user_data(session, frame.pointee.hd.stream_id) else { return 0 }
      let name = UnsafeBufferPointer(start: name, count: nameLength)
      let value = UnsafeBufferPointer(start: value, count: valueLength)
      withStream(user) { $0.header(name, value) }
      return 0
    }
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(table) { session, _, id, bytes, count, user in
      guard let user else { return 0 }
      withConnection(user) { $0.unacknowledgedBytes += count }
      guard let stream = nghttp2_session_get_stream_user_data(session, id) else { return 0 }
      withStream(stream) { $0.receive(UnsafeRawBufferPointer(start: bytes, count: count)) }
      return 0
    }
    nghttp2_session_callbacks_set_on_frame_recv_callback(table) { session, frame, user in
      guard let frame, let user else { return 0 }
      withConnection(user) { $0.frameReceived(frame) }
      return 0
    }
    nghttp2_session_callbacks_set_on_frame_send_callback(table) { session, frame, _ in
      let header = frame!.pointee.hd
      guard header.type == UInt8(NGHTTP2_HEADERS.rawValue) else { return 0 }
      guard let stream = nghttp2_session_get_stream_user_data(session, header.stream_id) else { return 0 }
      withStream(stream) { $0.headersSent(endStream: header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0) }
      return 0
    }
    nghttp2_session_callbacks_set_on_stream_close_callback(table) { session, id, code, user in
      guard let user, let stream = nghttp2_session_get_stream_user_data(session, id) else { return 0 }
      nghttp2_session_set_stream_user_data(session, id, nil)
      withConnection(user) { $0.streamClosed(Unmanaged<CallStream>.fromOpaque(stream), code: code) }
      return 0
    }
    return table!
  }()
}

/// The connection outlives its session, so that no reference needs counting here.
@inline(__always)
private func withConnection<Result>(_ user: UnsafeMutableRawPointer, _ body: (Connection) -> Result) -> Result {
  Unmanaged<Connection>.fromOpaque(user)._withUnsafeGuaranteedRef(body)
}

/// A stream is retained from when it becomes user data until `streamClosed`.
@inline(__always)
private func withStream(_ user: UnsafeMutableRawPointer, _ body: (CallStream) -> Void) {
  Unmanaged<CallStream>.fromOpaque(user)._withUnsafeGuaranteedRef(body)
}
