/// `grpc-message`: UTF-8, with everything outside space…~ and the percent sign itself as %XX (PROTOCOL-HTTP2.md, Responses).
enum PercentEncoding {
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// - Parameter limit: bytes of the result at most; a longer text is cut behind a whole character, and three dots say so.
  static func encode(_ text: String, limit: Int) -> [UInt8] {
    let ellipsis = Array("...".utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(text.utf8.count, limit))
    /// Where the text can be cut and the dots still have room.
    var end = 0
    for character in text.unicodeScalars {
      for byte in character.utf8 { append(byte, to: &bytes) }
      guard bytes.count <= limit else { return bytes[..<end] + ellipsis }
      if bytes.count + ellipsis.count <= limit { end = bytes.count }
    }
    return bytes
  }

  private static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
    if byte >= 0x20, byte <= 0x7e, byte != UInt8(ascii: "%") { return bytes.append(byte) }
    bytes.append(UInt8(ascii: "%"))
    bytes.append(digits[Int(byte >> 4)])
    bytes.append(digits[Int(byte & 15)])
  }

  /// Never fails: a broken %-sequence stays as it is, invalid UTF-8 becomes U+FFFD.
  static func decode(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    guard bytes.contains(UInt8(ascii: "%")) else { return String(decoding: bytes, as: UTF8.self) }
    var plain: [UInt8] = []
    plain.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2]) {
        plain.append(high << 4 | low)
        index += 3
      } else {
        plain.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: plain, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
