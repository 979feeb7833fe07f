internal import COpenSSL
internal import Glibc

/// TLS over bytes in memory, where somebody else owns the socket: what came from it is handed in, what is to go is fetched.
extension TLSEngine {
  /// Nothing is limited here: take the output after every other call.
  public convenience init(context: TLSContext) throws(CryptographyError) {
    try self.init(context: context, descriptor: -1)
    let received = try require(BIO_new(BIO_s_mem()), "make input")
    guard let toSend = BIO_new(BIO_s_mem()) else {
      BIO_free(received)
      throw .current("make output")
    }
    // Takes both over, and lets the descriptor go.
    SSL_set_bio(pointer, received, toSend)
  }

  /// Bytes from the other end. Then go on with the handshake, or read.
  public func receive(_ bytes: UnsafeRawBufferPointer) throws(TLSError) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    guard BIO_write(SSL_get_rbio(pointer), base, Int32(clamping: bytes.count)) == Int32(clamping: bytes.count) else {
      throw TLSError(.system(errno: ENOMEM), operation: .read, reason: "no memory for \(bytes.count) bytes")
    }
  }

  /// Bytes for the other end; none when there is nothing to say.
  public func takeOutput() -> [UInt8] {
    let output = SSL_get_wbio(pointer)
    let count = BIO_ctrl_pending(output)
    guard count > 0 else { return [] }
    return [UInt8](unsafeUninitializedCapacity: count) { space, taken in
      taken = max(0, Int(BIO_read(output, space.baseAddress, Int32(clamping: count))))
    }
  }
}
