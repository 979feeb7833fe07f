// Digests and what is built from them.
internal import COpenSSL

/// SHA-256 (FIPS 180-4) and HMAC-SHA256 (RFC 2104).
public enum Hash {
  public static let byteCount = 32

  public static func sha256(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes(sha256) }

  public static func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: byteCount) { digest, count in
      let result = EVP_Digest(bytes.baseAddress, bytes.count, digest.baseAddress, nil, Algorithms.sha256, nil)
      precondition(result == 1, "SHA-256 is always there")
      count = byteCount
    }
  }

  public static func hmacSHA256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: byteCount) { digest, count in
      // OpenSSL takes no key for "the last one again", hence the pointer to one unused byte when the key is empty.
      let answer =
        key.isEmpty
        ? withUnsafePointer(to: UInt8(0)) { HMAC(Algorithms.sha256, $0, 0, message, message.count, digest.baseAddress, nil) }
        : HMAC(Algorithms.sha256, key, Int32(key.count), message, message.count, digest.baseAddress, nil)
      precondition(answer != nil, "HMAC-SHA256 is always there")
      count = byteCount
    }
  }

  /// A key for one purpose from a secret: HMAC-SHA256(secret, label). Keys of different labels tell nothing about each other.
  public static func deriveKey(from secret: [UInt8], label: String) -> [UInt8] { hmacSHA256(key: secret, Array(label.utf8)) }
}

/// SHA-256 of bytes that come piece by piece, for instance a file.
public struct IncrementalSHA256: ~Copyable {
  private let pointer: OpaquePointer

  public init() {
    guard let pointer = EVP_MD_CTX_new(), EVP_DigestInit_ex(pointer, Algorithms.sha256, nil) == 1 else {
      preconditionFailure("SHA-256 is always there")
    }
    self.pointer = pointer
  }

  deinit { EVP_MD_CTX_free(pointer) }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let result = EVP_DigestUpdate(pointer, bytes.baseAddress, bytes.count)
    precondition(result == 1, "a digest takes any bytes")
  }

  public consuming func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Hash.byteCount) { digest, count in
      let result = EVP_DigestFinal_ex(pointer, digest.baseAddress, nil)
      precondition(result == 1, "a digest can be finished once")
      count = Hash.byteCount
    }
  }
}

/// Equality whose duration does not depend on where the first difference is. Lengths are not secret.
public func equalInConstantTime(_ one: [UInt8], _ other: [UInt8]) -> Bool {
  one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
}

/// Algorithms fetched once: an implicit fetch at each use takes longer than a small digest itself.
enum Algorithms {
  // `nonisolated(unsafe)`: no confinement is needed. Both are made once (a `static let`), never changed, never freed; OpenSSL's fetched
  // methods are constants that any thread may use.
  nonisolated(unsafe) static let sha256: OpaquePointer = fetched(EVP_MD_fetch(nil, "SHA2-256", nil))
  nonisolated(unsafe) static let aes256GCM: OpaquePointer = fetched(EVP_CIPHER_fetch(nil, "AES-256-GCM", nil))

  private static func fetched(_ algorithm: OpaquePointer?) -> OpaquePointer {
    guard let algorithm else { preconditionFailure("OpenSSL's default provider is missing") }
    return algorithm
  }
}
