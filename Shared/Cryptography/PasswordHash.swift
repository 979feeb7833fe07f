// Passwords are stored as what a guess costs a quarter of a second and 32 MiB to try.
internal import COpenSSL

/// scrypt (RFC 7914) with N = 2¹⁵, r = 8, p = 3: OWASP's setting for 32 MiB. Text form "scrypt$15$8$3$salt$hash", base 32.
/// Takes long: run it on the off-load pool, never on a reactor.
public enum PasswordHash {
  private static let logarithmOfN = 15
  private static let blockSize = 8
  private static let parallel = 3
  private static let saltByteCount = 16
  /// Largest setting taken from a stored hash, so that a forged row cannot exhaust memory: 128 MiB.
  private static let memoryLimit: UInt64 = 136 << 20

  public static func make(_ password: String) throws(CryptographyError) -> String {
    let salt = Random.bytes(saltByteCount)
    let hash = try derive(password, salt: salt, n: 1 << UInt64(logarithmOfN), r: UInt64(blockSize), p: UInt64(parallel), count: 32)
    return "scrypt$\(logarithmOfN)$\(blockSize)$\(parallel)$\(Base32.encode(salt))$\(Base32.encode(hash))"
  }

  /// False for a wrong password and for a stored text that is none of ours.
  public static func verify(_ password: String, against stored: String) -> Bool {
    let parts = stored.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "scrypt", let logarithm = UInt64(parts[1]), (1...20).contains(logarithm),
      let r = UInt64(parts[2]), (1...32).contains(r), let p = UInt64(parts[3]), (1...16).contains(p),
      let salt = Base32.decode(String(parts[4])), let hash = Base32.decode(String(parts[5])), hash.count >= 16,
      let computed = try? derive(password, salt: salt, n: 1 << logarithm, r: r, p: p, count: hash.count)
    else { return false }
    return equalInConstantTime(computed, hash)
  }

  /// Internal for the known-answer tests.
  static func derive(_ password: String, salt: [UInt8], n: UInt64, r: UInt64, p: UInt64, count: Int) throws(CryptographyError) -> [UInt8] {
    var hash = [UInt8](repeating: 0, count: count)
    var bytes = Array(password.utf8.map { CChar(bitPattern: $0) })
    let length = bytes.count
    bytes.append(0)  // OpenSSL takes no null pointer for the empty password
    ErrorQueue.clear()
    try require(EVP_PBE_scrypt(bytes, length, salt, salt.count, n, r, p, memoryLimit, &hash, count), "hash password")
    return hash
  }
}
