// Statements that others can check: signed with a certificate's key, the certificate attached.
internal import COpenSSL
internal import Glibc

/// The private key of a certificate, for signing with SHA-256 (ECDSA for the P-256 keys that a node makes).
///
/// `@unchecked Sendable`: the key is never changed after it is read, each signature has a context of its own, and OpenSSL counts the key's
/// references atomically and guards what it caches with it by the key's own lock.
public final class SigningKey: @unchecked Sendable {
  private let pointer: OpaquePointer
  /// The certificate of the key, X.509 in DER form.
  public let certificateDER: [UInt8]

  /// Reading files blocks: for start-up.
  /// - Throws: `CryptographyError` when one is unreadable or they don't belong together.
  public init(certificate: PEMSource, key: PEMSource) throws(CryptographyError) {
    let certificate = try Certificate(pem: try certificate.load())
    let key = try PrivateKey(pem: try key.load())
    ErrorQueue.clear()
    try require(X509_check_private_key(certificate.pointer, key.pointer), "match key and certificate")
    certificateDER = try certificate.der()
    try require(EVP_PKEY_up_ref(key.pointer), "keep key")
    pointer = key.pointer
  }

  deinit { EVP_PKEY_free(pointer) }

  public func sign(_ bytes: [UInt8]) throws(CryptographyError) -> [UInt8] {
    ErrorQueue.clear()
    let context = try DigestContext()
    try require(EVP_DigestSignInit(context.pointer, nil, Algorithms.sha256, nil, pointer), "begin signature")
    var length = 0
    try require(EVP_DigestSign(context.pointer, nil, &length, bytes, bytes.count), "measure signature")
    var signature = [UInt8](repeating: 0, count: length)
    try require(EVP_DigestSign(context.pointer, &signature, &length, bytes, bytes.count), "sign")
    return Array(signature.prefix(length))
  }
}

/// The authorities whose certificates count.
///
/// `@unchecked Sendable`: the store is filled in `init` and only looked up in afterwards, under its own lock; what a verification changes
/// is in a context of its own.
public final class TrustedAuthorities: @unchecked Sendable {
  /// Largest certificate looked at, in bytes: 16 KiB.
  private static let largestCertificate = 16 << 10

  private let store: OpaquePointer

  /// Reading a file blocks: for start-up.
  public init(_ source: PEMSource) throws(CryptographyError) {
    let store = try require(X509_STORE_new(), "make certificate store")
    self.store = store
    try Certificate.forEach(inPEM: try source.load()) { certificate, _ throws(CryptographyError) in
      try require(X509_STORE_add_cert(store, certificate.pointer), "trust certificate")
    }
  }

  deinit { X509_STORE_free(store) }

  /// The certificate when one of these authorities issued it directly and it is valid at `now` (seconds since 1970, UTC).
  public func verify(certificateDER der: [UInt8], now: Int64 = systemSeconds()) throws(CryptographyError) -> VerifiedCertificate {
    guard der.count <= Self.largestCertificate else {
      throw CryptographyError(operation: "read certificate", reason: "larger than 16 KiB")
    }
    let certificate = try Certificate(der: der)
    let context = try require(X509_STORE_CTX_new(), "verify certificate")
    defer { X509_STORE_CTX_free(context) }
    try require(X509_STORE_CTX_init(context, store, certificate.pointer, nil), "verify certificate")
    X509_STORE_CTX_set_time(context, 0, time_t(now))
    guard X509_verify_cert(context) == 1 else {
      let reason = X509_verify_cert_error_string(Int(X509_STORE_CTX_get_error(context))).map { String(cString: $0) } ?? "refused"
      ErrorQueue.clear()
      throw CryptographyError(operation: "verify certificate", reason: reason)
    }
    return try VerifiedCertificate(certificate)
  }
}

/// A certificate that an authority stands for; with its names, and the key that checks signatures.
///
/// `@unchecked Sendable`: immutable; of the key holds what `SigningKey` says of its own.
public final class VerifiedCertificate: @unchecked Sendable {
  public let names: PeerCertificate
  private let key: OpaquePointer

  init(_ certificate: borrowing Certificate) throws(CryptographyError) {
    names = PeerCertificate(certificate)
    key = try require(X509_get_pubkey(certificate.pointer), "read public key")
  }

  deinit { EVP_PKEY_free(key) }

  /// Whether `signature` over `bytes` was made with this certificate's private key.
  public func verifies(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
    ErrorQueue.clear()
    defer { ErrorQueue.clear() }
    guard let context = try? DigestContext(), EVP_DigestVerifyInit(context.pointer, nil, Algorithms.sha256, nil, key) == 1 else {
      return false
    }
    return EVP_DigestVerify(context.pointer, signature, signature.count, bytes, bytes.count) == 1
  }
}

extension Certificate {
  /// - Throws: `CryptographyError` unless the bytes are exactly one certificate.
  init(der: [UInt8]) throws(CryptographyError) {
    ErrorQueue.clear()
    let (read, used) = der.withUnsafeBufferPointer { bytes -> (OpaquePointer?, Int) in
      var next = bytes.baseAddress
      let certificate = d2i_X509(nil, &next, bytes.count)
      return (certificate, next.map { $0 - (bytes.baseAddress ?? $0) } ?? 0)
    }
    let pointer = try require(read, "read certificate")
    guard used == der.count else {
      X509_free(pointer)
      throw CryptographyError(operation: "read certificate", reason: "bytes behind it")
    }
    self.init(owning: pointer)
  }

  func der() throws(CryptographyError) -> [UInt8] {
    let length = i2d_X509(pointer, nil)
    guard length > 0 else { throw .current("write certificate") }
    return [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
      var next = buffer.baseAddress
      count = Int(i2d_X509(pointer, &next))
    }
  }
}

private struct DigestContext: ~Copyable {
  let pointer: OpaquePointer

  init() throws(CryptographyError) { pointer = try require(EVP_MD_CTX_new(), "allocate") }

  deinit { EVP_MD_CTX_free(pointer) }
}
