/// What stands behind the question mark, decoded.
public struct Query: Sendable, Hashable {
  /// Longest query in bytes, and most names in it.
  public static let byteLimit = 8_192
  public static let nameLimit = 64

  public private(set) var values: [String: [String]] = [:]

  public init() {}

  /// - Throws: `Problem.badQuery` for a broken percent escape, bytes that are not UTF-8, a NUL, or too much of everything.
  public init(_ text: String) throws(Problem) {
    guard text.utf8.count <= Self.byteLimit else { throw .badQuery }
    let pairs = text.utf8.split(separator: UInt8(ascii: "&"))
    guard pairs.count <= Self.nameLimit else { throw .badQuery }
    for pair in pairs {
      let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentText.decode(parts[0], plusIsBlank: true),
        let value = parts.count > 1 ? PercentText.decode(parts[1], plusIsBlank: true) : ""
      else { throw .badQuery }
      values[name, default: []].append(value)
    }
  }

  /// The value, when there is one and it is not empty.
  public func first(_ name: String) -> String? { values[name]?.first.flatMap { $0.isEmpty ? nil : $0 } }

  /// `state=a,b&state=c` as a, b, c.
  public func list(_ name: String) -> [String] {
    (values[name] ?? []).flatMap { $0.split(separator: ",").map(String.init) }
  }
}

/// Percent escapes (RFC 3986).
public enum PercentText {
  /// Nil for a broken escape, for what is not UTF-8, and for a NUL.
  public static func decode(_ text: some Sequence<UInt8>, plusIsBlank: Bool = false) -> String? {
    var bytes: [UInt8] = []
    var rest = text.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.next().flatMap(hexValue), let low = rest.next().flatMap(hexValue) else { return nil }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsBlank: bytes.append(UInt8(ascii: " "))
      default: bytes.append(byte)
      }
    }
    return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
  }

  /// What may stand in a path segment or a query value unescaped stays; the rest is escaped.
  public static func encode(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
        bytes.append(byte)
      default:
        bytes.append(contentsOf: [UInt8(ascii: "%"), hexDigit(byte >> 4), hexDigit(byte & 15)])
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
