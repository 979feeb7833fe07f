// Randomness nobody can guess.
internal import COpenSSL

public enum Random {
  /// Secure random bytes. A process that cannot get any must not go on.
  public static func bytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let result = count == 0 ? 1 : RAND_bytes(buffer.baseAddress, Int32(count))
      precondition(result == 1, "no randomness")
      filled = count
    }
  }
}

/// For `Identifier.v7` and the like: OpenSSL's generator, which costs no system call a number.
public struct SecureRandomNumberGenerator: RandomNumberGenerator, Sendable {
  public init() {}

  public mutating func next() -> UInt64 {
    var value: UInt64 = 0
    let result = withUnsafeMutableBytes(of: &value) { RAND_bytes($0.baseAddress, Int32($0.count)) }
    precondition(result == 1, "no randomness")
    return value
  }
}
