/// The identity of a report, a case, a sensor…: a UUID, version 7 where the platform makes it, so that ids sort by their making.
public struct Identifier: Sendable, Hashable {
  /// The first eight bytes, big endian.
  public let high: UInt64
  /// The last eight bytes, big endian.
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Nil unless there are 16 bytes.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
    low = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// 32 hexadecimal digits, with or without hyphens. Nil otherwise.
  public init?(_ text: String) {
    var (high, low, digits) = (UInt64(0), UInt64(0), 0)
    for byte in text.utf8 where byte != UInt8(ascii: "-") {
      guard digits < 32, let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
      if digits < 16 { high = high << 4 | UInt64(digit) } else { low = low << 4 | UInt64(digit) }
      digits += 1
    }
    guard digits == 32 else { return nil }
    self.init(high: high, low: low)
  }

  /// RFC 9562 §5.7 with method 3: milliseconds, then the fraction of the millisecond in 12 bits, then 62 random bits.
  public static func v7(at instant: Instant, random: inout some RandomNumberGenerator) -> Identifier {
    let microseconds = UInt64(clamping: instant.microseconds)
    let fraction = microseconds % 1_000 * 4_096 / 1_000
    let high = (microseconds / 1_000) << 16 | 0x7000 | fraction
    return Identifier(high: high, low: random.next() >> 2 | 0x8000_0000_0000_0000)
  }

  public static func v7(at instant: Instant) -> Identifier {
    var random = SystemRandomNumberGenerator()
    return v7(at: instant, random: &random)
  }

  public var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
      for index in 0..<8 {
        buffer[index] = UInt8(truncatingIfNeeded: high >> (56 - 8 * UInt64(index)))
        buffer[index + 8] = UInt8(truncatingIfNeeded: low >> (56 - 8 * UInt64(index)))
      }
      count = 16
    }
  }
}

extension Identifier: Comparable {
  public static func < (left: Identifier, right: Identifier) -> Bool {
    left.high == right.high ? left.low < right.low : left.high < right.high
  }
}

extension Identifier: CustomStringConvertible {
  /// `01890a5d-ac96-774b-bcce-b302099a8057`
  public var description: String {
    let digits: [UInt8] = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for (index, byte) in bytes.enumerated() {
      if index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
