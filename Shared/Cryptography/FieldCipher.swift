// Names and telephone numbers are stored sealed, each field for itself, so that a copy of the database tells nothing about people.
internal import COpenSSL

/// AES-256-GCM over one field. Sealed form: version (1 byte, now 1) ‖ nonce (12) ‖ cipher text ‖ tag (16).
///
/// The context (for instance "feedback.reporter.phone:<report id>") is authenticated with it, so that a sealed value cannot be moved
/// to another row or column. Nonces are random: one key is good for 2³² fields (NIST SP 800-38D §8.3).
public struct FieldCipher: Sendable {
  public static let keyByteCount = 32
  /// What sealing adds to the text's UTF-8 bytes.
  public static let overhead = 1 + nonceByteCount + tagByteCount
  private static let nonceByteCount = 12
  private static let tagByteCount = 16
  private static let version: UInt8 = 1

  private let key: [UInt8]

  /// - Precondition: `key` has 32 bytes.
  public init(key: [UInt8]) {
    precondition(key.count == Self.keyByteCount, "a field key has 32 bytes")
    self.key = key
  }

  public func seal(_ plain: String, context: String) -> [UInt8] {
    let sealed = encrypt(Array(plain.utf8), nonce: Random.bytes(Self.nonceByteCount), associated: Array(context.utf8))
    return [Self.version] + sealed
  }

  /// - Throws: `CryptographyError` when the value was changed, or sealed with another key or for another context.
  public func open(_ sealed: [UInt8], context: String) throws(CryptographyError) -> String {
    guard sealed.count >= Self.overhead else { throw CryptographyError(operation: "open field", reason: "too short") }
    guard sealed[0] == Self.version else { throw CryptographyError(operation: "open field", reason: "unknown version") }
    guard let plain = decrypt(sealed[1...], associated: Array(context.utf8)) else {
      throw CryptographyError(operation: "open field", reason: "not sealed with this key for this context")
    }
    guard let text = String(validating: plain, as: UTF8.self) else {
      throw CryptographyError(operation: "open field", reason: "not a text")
    }
    return text
  }

  /// nonce ‖ cipher text ‖ tag. Internal for the known-answer tests.
  func encrypt(_ plain: [UInt8], nonce: [UInt8], associated: [UInt8]) -> [UInt8] {
    let context = CipherContext()
    var output = nonce + [UInt8](repeating: 0, count: plain.count + Self.tagByteCount)
    var length: Int32 = 0
    var succeeded = EVP_EncryptInit_ex(context.pointer, Algorithms.aes256GCM, nil, key, nonce) == 1
    succeeded = succeeded && EVP_EncryptUpdate(context.pointer, nil, &length, associated, Int32(associated.count)) == 1
    output.withUnsafeMutableBufferPointer { output in
      guard let start = output.baseAddress.map({ $0 + nonce.count }) else { return }
      succeeded = succeeded && EVP_EncryptUpdate(context.pointer, start, &length, plain, Int32(plain.count)) == 1
      succeeded = succeeded && EVP_EncryptFinal_ex(context.pointer, start + plain.count, &length) == 1
      let tag = start + plain.count
      succeeded = succeeded && EVP_CIPHER_CTX_ctrl(context.pointer, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagByteCount), tag) == 1
    }
    precondition(succeeded, "AES-256-GCM seals anything")
    return output
  }

  private func decrypt(_ sealed: ArraySlice<UInt8>, associated: [UInt8]) -> [UInt8]? {
    let nonce = Array(sealed.prefix(Self.nonceByteCount))
    var tag = Array(sealed.suffix(Self.tagByteCount))
    let cipherText = Array(sealed.dropFirst(Self.nonceByteCount).dropLast(Self.tagByteCount))
    var plain = [UInt8](repeating: 0, count: cipherText.count + 1)
    var length: Int32 = 0
    let context = CipherContext()
    defer { ErrorQueue.clear() }
    guard EVP_DecryptInit_ex(context.pointer, Algorithms.aes256GCM, nil, key, nonce) == 1,
      EVP_DecryptUpdate(context.pointer, nil, &length, associated, Int32(associated.count)) == 1,
      EVP_DecryptUpdate(context.pointer, &plain, &length, cipherText, Int32(cipherText.count)) == 1,
      EVP_CIPHER_CTX_ctrl(context.pointer, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagByteCount), &tag) == 1
    else { return nil }
    var rest = [UInt8](repeating: 0, count: 16)
    guard EVP_DecryptFinal_ex(context.pointer, &rest, &length) == 1 else { return nil }
    plain.removeLast()
    return plain
  }
}

private struct CipherContext: ~Copyable {
  let pointer: OpaquePointer

  init() {
    guard let pointer = EVP_CIPHER_CTX_new() else { preconditionFailure("out of memory") }
    self.pointer = pointer
  }

  deinit { EVP_CIPHER_CTX_free(pointer) }
}
