/// What travels beside the messages of a call: ordered names and values. Names are lower-case; a name that ends in `-bin` has bytes.
public struct Metadata: Sendable, Hashable {
  public enum Value: Sendable, Hashable {
    /// Space and printable ASCII.
    case text(String)
    case bytes([UInt8])
  }

  public struct Entry: Sendable, Hashable {
    public var name: String
    public var value: Value
  }

  public private(set) var entries: [Entry]

  public init() { entries = [] }

  public init(_ pairs: [(String, String)]) {
    self.init()
    for (name, value) in pairs { append(name, value) }
  }

  public var isEmpty: Bool { entries.isEmpty }

  /// Adds a text value. A character that no header may carry (outside space…~) becomes `?`; the value is trimmed.
  public mutating func append(_ name: String, _ value: String) {
    let name = Metadata.checked(name)
    if name.hasSuffix("-bin") { return append(name, bytes: Array(value.utf8)) }
    entries.append(Entry(name: name, value: .text(Metadata.printable(value))))
  }

  /// Adds bytes; the name gets the suffix `-bin` when it lacks it.
  public mutating func append(_ name: String, bytes: [UInt8]) {
    let name = Metadata.checked(name)
    entries.append(Entry(name: name.hasSuffix("-bin") ? name : name + "-bin", value: .bytes(bytes)))
  }

  /// A header of the protocol itself, which callers of `append` may not set.
  mutating func appendProtocol(_ name: String, _ value: String) {
    entries.append(Entry(name: name, value: .text(value)))
  }

  /// The first text value under the name.
  public func first(named name: String) -> String? {
    for entry in entries where entry.name == name {
      if case .text(let text) = entry.value { return text }
    }
    return nil
  }

  /// The first bytes under the name (which ends in `-bin`).
  public func firstBytes(named name: String) -> [UInt8]? {
    for entry in entries where entry.name == name {
      if case .bytes(let bytes) = entry.value { return bytes }
    }
    return nil
  }

  /// All text values under the name, in order.
  public func all(named name: String) -> [String] {
    entries.compactMap { entry in
      if entry.name == name, case .text(let text) = entry.value { return text }
      return nil
    }
  }

  /// An entry as it came over the wire: `-bin` values are base64, several joined by commas. Undecodable values are dropped.
  mutating func appendReceived(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) {
    // HTTP/2 allows more characters than gRPC; such names are nobody's metadata.
    guard name.allSatisfy({ Metadata.isNameByte($0) }) else { return }
    let text = String(decoding: name, as: UTF8.self)
    guard text.hasSuffix("-bin") else {
      entries.append(Entry(name: text, value: .text(String(decoding: value, as: UTF8.self))))
      return
    }
    for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      guard let bytes = Base64.decode(UnsafeBufferPointer(rebasing: part)) else { continue }
      entries.append(Entry(name: text, value: .bytes(bytes)))
    }
  }

  /// Lower-case, and only what a header name may hold. A name that gRPC or HTTP/2 owns is our bug.
  private static func checked(_ name: String) -> String {
    let lowered = name.utf8.allSatisfy { isNameByte($0) } ? name : name.lowercased()
    precondition(!lowered.isEmpty && lowered.utf8.allSatisfy { isNameByte($0) }, "metadata names hold 0-9 a-z _ - . only")
    precondition(!lowered.hasPrefix("grpc-"), "metadata names that begin with grpc- belong to the protocol")
    return lowered
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }

  private static func printable(_ value: String) -> String {
    var bytes = Array(value.utf8)
    if bytes.contains(where: { $0 < 0x20 || $0 > 0x7e }) {
      bytes = value.unicodeScalars.map { $0.value < 0x20 || $0.value > 0x7e ? UInt8(ascii: "?") : UInt8($0.value) }
    }
    while bytes.last == 0x20 { bytes.removeLast() }
    let start = bytes.firstIndex { $0 != 0x20 } ?? bytes.endIndex
    return String(decoding: bytes[start...], as: UTF8.self)
  }
}
