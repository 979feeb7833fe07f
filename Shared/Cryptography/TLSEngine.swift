// One TLS connection over a non-blocking socket. It never waits: it says what it waits for, and the reactor waits.
internal import COpenSSL
internal import Glibc

/// An `SSL` over a file descriptor that the caller owns (and closes after this engine is gone).
///
/// Confined to the reactor of its connection, hence not Sendable. The process must ignore SIGPIPE: OpenSSL writes with
/// `write(2)`. After any thrown error the connection is lost: drop the engine and close the descriptor.
public final class TLSEngine {
  public enum Progress: Sendable, Hashable { case done, wantRead, wantWrite }
  public enum IOResult: Sendable, Hashable {
    /// So many bytes, at least one (or zero when the caller's buffer was empty).
    case bytes(Int)
    /// Try again when the descriptor is readable (also a write may say so) …
    case wantRead
    /// … or writable (also a read may say so).
    case wantWrite
    /// The peer ended the stream.
    case closed
  }

  /// Held because OpenSSL's call-backs use it.
  private let context: TLSContext
  let pointer: OpaquePointer
  private var established = false
  /// A fatal error happened: OpenSSL forbids further calls, even the closing one.
  private var broken = false

  /// - Parameters:
  ///   - descriptor: A connected, non-blocking socket.
  ///   - serverName: Clients only: the DNS name or IP address that the server's certificate must carry (a name is also sent as
  ///     SNI). Nil: the certificate must come from a trusted authority and the caller checks who it is (`peerCertificate`).
  public init(context: TLSContext, descriptor: Int32, serverName: String? = nil) throws(CryptographyError) {
    ErrorQueue.clear()
    self.context = context
    pointer = try require(SSL_new(context.pointer), "make TLS connection")
    try require(SSL_set_fd(pointer, descriptor), "attach socket")
    switch context.role {
    case .server: SSL_set_accept_state(pointer)
    case .client:
      if let serverName { try expect(serverName) }
      SSL_set_connect_state(pointer)
    }
  }

  deinit { SSL_free(pointer) }

  /// Goes on with the handshake. Call again when the descriptor is ready as asked.
  public func handshake() throws(TLSError) -> Progress {
    if established { return .done }
    ErrorQueue.clear()
    errno = 0
    let result = SSL_do_handshake(pointer)
    if result == 1 {
      if context.needsApplicationProtocol && negotiatedProtocol == nil {
        broken = true
        throw TLSError(.noCommonProtocol, operation: .handshake, reason: "the peer does not speak HTTP/2 (ALPN)")
      }
      established = true
      return .done
    }
    switch try outcome(of: result, .handshake) {
    case .wantRead: return .wantRead
    case .wantWrite: return .wantWrite
    case .closed, .bytes:
      broken = true
      throw TLSError(.closed, operation: .handshake, reason: "the peer closed the connection")
    }
  }

  /// Reads decrypted bytes. Read until it wants something: what is buffered here does not make the descriptor readable again.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(TLSError) -> IOResult {
    guard let base = buffer.baseAddress, buffer.count > 0 else { return .bytes(0) }
    ErrorQueue.clear()
    errno = 0
    var count = 0
    let result = SSL_read_ex(pointer, base, buffer.count, &count)
    return result == 1 ? .bytes(count) : try outcome(of: result, .read)
  }

  /// Writes some or all of the bytes. When it wants something, the next write must begin with the same bytes and be no shorter;
  /// the buffer itself may have moved.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(TLSError) -> IOResult {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return .bytes(0) }
    ErrorQueue.clear()
    errno = 0
    var count = 0
    let result = SSL_write_ex(pointer, base, bytes.count, &count)
    return result == 1 ? .bytes(count) : try outcome(of: result, .write)
  }

  /// Tells the peer that nothing more will be written (close_notify). It does not wait for the peer's answer; close the
  /// descriptor afterwards. Harmless on a broken connection.
  public func shutdown() {
    guard established, !broken else { return }
    ErrorQueue.clear()
    if SSL_shutdown(pointer) < 0 { ErrorQueue.clear() }
  }

  /// Who the peer proved to be; nil before the handshake is done and for a client without certificate.
  public var peerCertificate: PeerCertificate? {
    guard established, let certificate = SSL_get1_peer_certificate(pointer) else { return nil }
    return PeerCertificate(Certificate(owning: certificate))
  }

  /// "h2", once the handshake is done.
  public var negotiatedProtocol: String? {
    var data: UnsafePointer<UInt8>?
    var length: UInt32 = 0
    SSL_get0_alpn_selected(pointer, &data, &length)
    guard let data, length > 0 else { return nil }
    return String(decoding: UnsafeBufferPointer(start: data, count: Int(length)), as: UTF8.self)
  }

  /// For instance "TLSv1.3". For tests.
  var version: String { String(cString: SSL_get_version(pointer)) }

  private func expect(_ serverName: String) throws(CryptographyError) {
    guard let parameters = SSL_get0_param(pointer) else { throw .current("set server name") }
    if X509_VERIFY_PARAM_set1_ip_asc(parameters, serverName) == 1 { return }
    ErrorQueue.clear()
    try require(chengyun_set_host_name(pointer, serverName), "set server name")
    try require(SSL_set1_host(pointer, serverName), "set server name")
  }

  /// Sorts what OpenSSL answers when it did not simply succeed.
  private func outcome(of result: Int32, _ operation: TLSError.Operation) throws(TLSError) -> IOResult {
    let systemError = errno
    switch SSL_get_error(pointer, result) {
    case SSL_ERROR_WANT_READ: return .wantRead
    case SSL_ERROR_WANT_WRITE: return .wantWrite
    case SSL_ERROR_ZERO_RETURN: return .closed
    case SSL_ERROR_SYSCALL:
      broken = true
      ErrorQueue.clear()
      if systemError == 0 { return .closed }
      throw TLSError(.system(errno: systemError), operation: operation, reason: String(cString: strerror(systemError)))
    default:
      broken = true
      let verification = SSL_get_verify_result(pointer)
      let reason = ErrorQueue.drain() ?? "unknown"
      guard verification == X509_V_OK || operation != .handshake else {
        throw TLSError(.untrustedPeer, operation: operation, reason: String(cString: X509_verify_cert_error_string(Int(verification))))
      }
      throw TLSError(.protocolViolation, operation: operation, reason: reason)
    }
  }
}
