// The second factor: six digits that an authenticator app shows.
internal import COpenSSL

/// Time-based one-time passwords (RFC 6238) over HMAC-SHA-1, six digits, steps of 30 seconds: what every authenticator app speaks.
public enum TOTP {
  /// 160 bits, as RFC 4226 §4 recommends.
  public static let secretByteCount = 20
  public static let stepSeconds: Int64 = 30
  public static let digits = 6
  /// Steps before and after the present one that are accepted, because clocks differ: 1.
  public static let tolerance: Int64 = 1

  public static func newSecret() -> [UInt8] { Random.bytes(secretByteCount) }

  /// The step that a time (seconds since 1970, UTC) lies in.
  public static func step(at seconds: Int64) -> Int64 { seconds / stepSeconds }

  /// The step for which the code is right, near `seconds` and after `lastUsed`; nil when there is none. Whoever accepts it remembers the
  /// step: each is good once.
  public static func matchingStep(_ code: String, secret: [UInt8], at seconds: Int64, lastUsed: Int64?) -> Int64? {
    let typed = Array(code.utf8)
    guard typed.count == digits, typed.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    let now = step(at: seconds)
    var found: Int64?
    // All steps are tried, so that the time taken tells nothing.
    for step in (now - tolerance)...(now + tolerance) {
      let isRight = equalInConstantTime(Array(Self.code(of: step, secret: secret).utf8), typed)
      if isRight, found == nil, lastUsed.map({ step > $0 }) ?? true { found = step }
    }
    return found
  }

  /// The digits of a step (RFC 4226 §5.3).
  public static func code(of step: Int64, secret: [UInt8], digits: Int = TOTP.digits) -> String {
    let mac = hmacSHA1(key: secret, (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) })
    let offset = Int(mac[19] & 0x0F)
    let number = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
    var text = String(number % (0..<digits).reduce(UInt32(1)) { power, _ in power * 10 })
    while text.utf8.count < digits { text = "0" + text }
    return text
  }

  /// The secret as apps take it: base 32 of RFC 4648, without padding.
  public static func text(of secret: [UInt8]) -> String { Base32.encode(secret, in: Base32.standardAlphabet) }

  /// RFC 6238 allows SHA-1 here: HMAC's strength does not rest on collisions.
  private static func hmacSHA1(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 20) { digest, count in
      let answer = HMAC(EVP_sha1(), key, Int32(key.count), message, message.count, digest.baseAddress, nil)
      precondition(answer != nil, "HMAC-SHA-1 is always there")
      count = 20
    }
  }
}
