// What all TLS connections of one endpoint share: certificate, key, trusted authority, protocol rules.
internal import COpenSSL

/// An `SSL_CTX`. TLS 1.2 is the least it speaks, with AEAD ciphers and forward secrecy only.
///
/// There is no session resumption: connections between services live long, and a resumed session would skip the check of the
/// peer's certificate.
///
/// `@unchecked Sendable`: the pointer is set up in `init` and only read afterwards; OpenSSL counts references atomically.
public final class TLSContext: @unchecked Sendable {
  public struct Configuration: Sendable, Hashable {
    /// The endpoint's own certificate, then its intermediates. Nil only for a client that shows none.
    public var certificateChain: PEMSource?
    /// Its private key, unencrypted.
    public var privateKey: PEMSource?
    /// The authorities whose certificates are accepted of a peer, which must have one: a server's client, too. The system's are never
    /// consulted; without any nobody is accepted.
    public var trustedAuthorities: PEMSource?
    /// Application protocols, best first; a connection without any of them is refused. Default: HTTP/2 only.
    public var applicationProtocols: [String]

    public init(
      certificateChain: PEMSource? = nil, privateKey: PEMSource? = nil, trustedAuthorities: PEMSource? = nil,
      applicationProtocols: [String] = ["h2"]
    ) {
      self.certificateChain = certificateChain
      self.privateKey = privateKey
      self.trustedAuthorities = trustedAuthorities
      self.applicationProtocols = applicationProtocols
    }
  }

  public enum Role: Sendable, Hashable { case server, client }

  public let role: Role
  let pointer: OpaquePointer
  /// The protocols in ALPN's wire form (length, bytes, …). The server's call-back reads it; lives as long as the context.
  private let protocols: UnsafeMutableBufferPointer<UInt8>
  var needsApplicationProtocol: Bool { !protocols.isEmpty }

  /// - Throws: `CryptographyError` naming the file or the reason (no certificate, key that doesn't belong to it, …).
  public static func server(_ configuration: Configuration) throws(CryptographyError) -> TLSContext {
    guard configuration.certificateChain != nil, configuration.privateKey != nil else {
      throw CryptographyError(operation: "TLS server", reason: "needs a certificate and its private key")
    }
    return try TLSContext(.server, configuration)
  }

  public static func client(_ configuration: Configuration) throws(CryptographyError) -> TLSContext {
    guard configuration.trustedAuthorities != nil else {
      throw CryptographyError(operation: "TLS client", reason: "needs the authorities it shall trust")
    }
    return try TLSContext(.client, configuration)
  }

  private init(_ role: Role, _ configuration: Configuration) throws(CryptographyError) {
    ErrorQueue.clear()
    self.role = role
    protocols = try encodeProtocols(configuration.applicationProtocols)
    do throws(CryptographyError) {
      pointer = try require(SSL_CTX_new(role == .server ? TLS_server_method() : TLS_client_method()), "make TLS context")
    } catch {
      protocols.deallocate()
      throw error
    }
    try setRules()
    try setIdentity(configuration)
    try setTrust(configuration)
    try setProtocols()
  }

  deinit {
    SSL_CTX_free(pointer)
    protocols.deallocate()
  }

  private func setRules() throws(CryptographyError) {
    try require(chengyun_ctx_set_minimum_version(pointer, TLS1_2_VERSION), "set TLS version")
    try require(SSL_CTX_set_cipher_list(pointer, "ECDHE+AESGCM:ECDHE+CHACHA20"), "set TLS 1.2 ciphers")
    try require(chengyun_ctx_set_groups(pointer, "X25519:P-256:P-384"), "set TLS groups")
    _ = chengyun_ctx_set_mode(pointer, chengyun_modes)
    _ = SSL_CTX_set_options(pointer, chengyun_options)
    chengyun_ctx_set_read_ahead(pointer, 1)
    _ = chengyun_ctx_set_session_cache_off(pointer)
    try require(SSL_CTX_set_num_tickets(pointer, 0), "switch tickets off")
  }

  private func setIdentity(_ configuration: Configuration) throws(CryptographyError) {
    guard let chain = configuration.certificateChain, let key = configuration.privateKey else { return }
    try Certificate.forEach(inPEM: try chain.load()) { certificate, index throws(CryptographyError) in
      if index == 0 {
        try require(SSL_CTX_use_certificate(pointer, certificate.pointer), "use certificate")
      } else {
        try require(chengyun_ctx_add_chain_certificate(pointer, certificate.pointer), "use intermediate certificate")
      }
    }
    let privateKey = try PrivateKey(pem: try key.load())
    try require(SSL_CTX_use_PrivateKey(pointer, privateKey.pointer), "use private key")
    try require(SSL_CTX_check_private_key(pointer), "match private key and certificate")
  }

  private func setTrust(_ configuration: Configuration) throws(CryptographyError) {
    if let authorities = configuration.trustedAuthorities {
      try Certificate.forEach(inPEM: try authorities.load()) { authority, _ throws(CryptographyError) in
        try require(X509_STORE_add_cert(SSL_CTX_get_cert_store(pointer), authority.pointer), "trust certificate")
        if role == .server { try require(SSL_CTX_add_client_CA(pointer, authority.pointer), "name trusted certificate") }
      }
    }
    // A client ignores the second flag: servers always have a certificate.
    SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
  }

  private func setProtocols() throws(CryptographyError) {
    guard needsApplicationProtocol else { return }
    switch role {
    case .client:
      // Unlike its neighbours this function answers 0 for success.
      guard SSL_CTX_set_alpn_protos(pointer, protocols.baseAddress, UInt32(protocols.count)) == 0 else { throw .current("set ALPN") }
    case .server:
      SSL_CTX_set_alpn_select_cb(pointer, selectProtocol, Unmanaged.passUnretained(self).toOpaque())
    }
  }

  fileprivate func select(from offered: UnsafePointer<UInt8>?, count: UInt32) -> UnsafeBufferPointer<UInt8>? {
    var chosen: UnsafeMutablePointer<UInt8>?
    var length: UInt8 = 0
    let answer = SSL_select_next_proto(&chosen, &length, protocols.baseAddress, UInt32(protocols.count), offered, count)
    guard answer == OPENSSL_NPN_NEGOTIATED, let chosen else { return nil }
    return UnsafeBufferPointer(start: chosen, count: Int(length))
  }
}

/// OpenSSL asks the server which of the client's protocols to speak. The context outlives its engines: they hold it.
private func selectProtocol(
  _ ssl: OpaquePointer?, _ out: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ outLength: UnsafeMutablePointer<UInt8>?,
  _ offered: UnsafePointer<UInt8>?, _ offeredLength: UInt32, _ argument: UnsafeMutableRawPointer?
) -> Int32 {
  guard let argument, let out, let outLength else { return SSL_TLSEXT_ERR_ALERT_FATAL }
  let context = Unmanaged<TLSContext>.fromOpaque(argument).takeUnretainedValue()
  guard let chosen = context.select(from: offered, count: offeredLength) else { return SSL_TLSEXT_ERR_ALERT_FATAL }
  out.pointee = chosen.baseAddress
  outLength.pointee = UInt8(chosen.count)
  return SSL_TLSEXT_ERR_OK
}

private func encodeProtocols(_ names: [String]) throws(CryptographyError) -> UnsafeMutableBufferPointer<UInt8> {
  var wire: [UInt8] = []
  for name in names {
    guard (1...255).contains(name.utf8.count) else { throw CryptographyError(operation: "set ALPN", reason: "a name has 1 to 255 bytes") }
    wire.append(UInt8(name.utf8.count))
    wire.append(contentsOf: name.utf8)
  }
  let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: wire.count)
  _ = buffer.initialize(from: wire)
  return buffer
}
