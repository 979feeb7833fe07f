internal import COpenSSL

extension TLSContext {
  /// For browsers: they show no certificate, and HTTP/1.1 needs no name (ALPN).
  /// - Throws: as `server`.
  public static func webServer(certificateChain: PEMSource, privateKey: PEMSource) throws(CryptographyError) -> TLSContext {
    let context = try TLSContext.server(
      Configuration(certificateChain: certificateChain, privateKey: privateKey, applicationProtocols: []))
    SSL_CTX_set_verify(context.pointer, SSL_VERIFY_NONE, nil)
    return context
  }

  /// For asking a server that shows this very certificate, whoever issued it and whatever names stand in it.
  /// - Throws: as `client`.
  public static func pinned(to certificate: PEMSource) throws(CryptographyError) -> TLSContext {
    let context = try TLSContext.client(Configuration(trustedAuthorities: certificate, applicationProtocols: []))
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context.pointer), UInt(X509_V_FLAG_PARTIAL_CHAIN))
    return context
  }
}
