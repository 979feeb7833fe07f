// Bytes as text that people can read out on the phone.

/// Crockford's base 32: digits and capitals without I, L, O, U; no padding. https://www.crockford.com/base32.html
public enum Base32 {
  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
  /// RFC 4648 §6: what authenticator apps read.
  static let standardAlphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

  public static func encode(_ bytes: some Sequence<UInt8>) -> String { encode(bytes, in: alphabet) }

  /// - Parameter alphabet: 32 characters of ASCII.
  static func encode(_ bytes: some Sequence<UInt8>, in alphabet: [UInt8]) -> String {
    var text: [UInt8] = []
    var buffer: UInt32 = 0
    var bits = 0
    for byte in bytes {
      buffer = (buffer & 0x1F) << 8 | UInt32(byte)
      bits += 8
      while bits >= 5 {
        bits -= 5
        text.append(alphabet[Int(buffer >> UInt32(bits)) & 31])
      }
    }
    if bits > 0 { text.append(alphabet[Int(buffer << UInt32(5 - bits)) & 31]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads what a person typed: small letters and hyphens are fine, I and L are read as 1, O as 0. Nil for anything else, and for
  /// a text that no bytes encode to.
  public static func decode(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer: UInt32 = 0
    var bits = 0
    for symbol in text.utf8 where symbol != UInt8(ascii: "-") {
      guard let value = value(of: symbol) else { return nil }
      buffer = (buffer & 0xFF) << 5 | value
      bits += 5
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
      }
    }
    let rest = buffer & ((1 << UInt32(bits)) - 1)
    return bits < 5 && rest == 0 ? bytes : nil
  }

  private static func value(of symbol: UInt8) -> UInt32? {
    switch symbol | 0x20 {  // small letter
    case UInt8(ascii: "o"): return 0
    case UInt8(ascii: "i"), UInt8(ascii: "l"): return 1
    default:
      let capital = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(symbol) ? symbol & ~0x20 : symbol
      return alphabet.firstIndex(of: capital).map { UInt32($0) }
    }
  }
}
