// Keys and certificates as text. All owners here free what they hold.
internal import COpenSSL
internal import Glibc

/// Where a certificate or key comes from.
public enum PEMSource: Sendable, Hashable {
  case pem([UInt8])
  case file(String)

  /// The text. Reading a file blocks: contexts are made at start, not on a reactor in service.
  func load() throws(CryptographyError) -> [UInt8] {
    switch self {
    case .pem(let bytes): return bytes
    case .file(let path): return try readWholeFile(path)
    }
  }
}

/// Largest file taken for a certificate chain or key: 1 MiB.
private let largestPEMFile = 1 << 20

private func readWholeFile(_ path: String) throws(CryptographyError) -> [UInt8] {
  let fd = open(path, O_RDONLY | O_CLOEXEC)
  guard fd >= 0 else { throw CryptographyError(operation: "open \(path)", reason: String(cString: strerror(errno))) }
  defer { close(fd) }
  var content: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 16384)
  while true {
    let count = read(fd, &chunk, chunk.count)
    if count < 0 {
      if errno == EINTR { continue }
      throw CryptographyError(operation: "read \(path)", reason: String(cString: strerror(errno)))
    }
    if count == 0 { return content }
    content.append(contentsOf: chunk[..<count])
    guard content.count <= largestPEMFile else { throw CryptographyError(operation: "read \(path)", reason: "larger than 1 MiB") }
  }
}

/// One certificate.
struct Certificate: ~Copyable {
  let pointer: OpaquePointer

  /// Takes the pointer over.
  init(owning pointer: OpaquePointer) { self.pointer = pointer }

  deinit { X509_free(pointer) }

  /// Hands out all certificates of a PEM text, in order, counted from 0; at least one.
  static func forEach(
    inPEM text: [UInt8], _ body: (borrowing Certificate, Int) throws(CryptographyError) -> Void
  ) throws(CryptographyError) {
    let source = try MemoryText(text)
    var count = 0
    ErrorQueue.clear()
    while let pointer = PEM_read_bio_X509(source.pointer, nil, nil, nil) {
      try body(Certificate(owning: pointer), count)
      count += 1
      ErrorQueue.clear()
    }
    let code = ERR_peek_last_error()
    let reason = ErrorQueue.drain()
    let ended = ERR_GET_LIB(code) == Int32(ERR_LIB_PEM) && ERR_GET_REASON(code) == PEM_R_NO_START_LINE
    guard count > 0, ended else {
      throw CryptographyError(operation: "read certificate", reason: reason ?? "no certificate in it")
    }
  }

  /// The first of a PEM text.
  init(pem text: [UInt8]) throws(CryptographyError) {
    var first: OpaquePointer?
    do throws(CryptographyError) {
      try Certificate.forEach(inPEM: text) { certificate, index throws(CryptographyError) in
        guard index == 0 else { return }
        try require(X509_up_ref(certificate.pointer), "keep certificate")
        first = certificate.pointer
      }
    } catch {
      X509_free(first)
      throw error
    }
    self.init(owning: try require(first, "read certificate"))
  }

  func pem() throws(CryptographyError) -> [UInt8] {
    let text = try MemoryText()
    try require(PEM_write_bio_X509(text.pointer, pointer), "write certificate")
    return text.bytes
  }
}

/// One private key.
struct PrivateKey: ~Copyable {
  let pointer: OpaquePointer

  /// A new key on the curve P-256.
  init() throws(CryptographyError) { pointer = try require(chengyun_generate_p256(), "make key") }

  init(pem text: [UInt8]) throws(CryptographyError) {
    let source = try MemoryText(text)
    ErrorQueue.clear()
    // An encrypted key is refused: without this call-back OpenSSL would ask the terminal for the pass phrase.
    pointer = try require(PEM_read_bio_PrivateKey(source.pointer, nil, { _, _, _, _ in -1 }, nil), "read private key")
  }

  deinit { EVP_PKEY_free(pointer) }

  /// PKCS#8, unencrypted.
  func pem() throws(CryptographyError) -> [UInt8] {
    let text = try MemoryText()
    try require(PEM_write_bio_PKCS8PrivateKey(text.pointer, pointer, nil, nil, 0, nil, nil), "write private key")
    return text.bytes
  }
}

/// An OpenSSL memory BIO.
struct MemoryText: ~Copyable {
  let pointer: OpaquePointer

  init() throws(CryptographyError) { pointer = try require(BIO_new(BIO_s_mem()), "allocate") }

  init(_ bytes: [UInt8]) throws(CryptographyError) {
    let text = try MemoryText()
    guard bytes.isEmpty || BIO_write(text.pointer, bytes, Int32(bytes.count)) == bytes.count else { throw .current("allocate") }
    self = text
  }

  deinit { BIO_free_all(pointer) }

  var bytes: [UInt8] {
    var data: UnsafeMutablePointer<CChar>?
    let count = chengyun_bio_data(pointer, &data)
    guard let data, count > 0 else { return [] }
    return Array(UnsafeRawBufferPointer(start: data, count: count))
  }
}
