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
}
