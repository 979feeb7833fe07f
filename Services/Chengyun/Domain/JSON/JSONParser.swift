/// Reads JSON (RFC 8259) and remembers lines. A name given twice in one object is an error: in a mapping it is a mistake.
public struct JSONParser {
  /// Deepest nesting that is accepted.
  public static let depthLimit = 64

  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private var lineStart = 0

  public static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONNode {
    var parser = JSONParser(bytes: bytes)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { parser.position = 3 }
    parser.skipBlanks()
    let node = try parser.value(depth: 0)
    parser.skipBlanks()
    guard parser.position == bytes.count else { throw parser.error("something follows the end of the JSON text") }
    return node
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONNode {
    guard depth < Self.depthLimit else { throw error("nested more than \(Self.depthLimit) deep") }
    let start = line
    switch peek() {
    case UInt8(ascii: "{"): return JSONNode(line: start, value: .object(try object(depth: depth)))
    case UInt8(ascii: "["): return JSONNode(line: start, value: .array(try array(depth: depth)))
    case UInt8(ascii: "\""): return JSONNode(line: start, value: .string(try string()))
    case UInt8(ascii: "t"): try word("true"); return JSONNode(line: start, value: .bool(true))
    case UInt8(ascii: "f"): try word("false"); return JSONNode(line: start, value: .bool(false))
    case UInt8(ascii: "n"): try word("null"); return JSONNode(line: start, value: .null)
    case nil: throw error("the text ends too early")
    default: return JSONNode(line: start, value: .number(try number()))
    }
  }

  private mutating func object(depth: Int) throws(JSONSyntaxError) -> [JSONMember] {
    position += 1
    var members: [JSONMember] = []
    var names: Set<String> = []
    skipBlanks()
    if take("}") { return [] }
    while true {
      skipBlanks()
      let start = line
      guard peek() == UInt8(ascii: "\"") else { throw error("a name in double quotes is expected") }
      let name = try string()
      guard names.insert(name).inserted else { throw error("\"\(name)\" is given twice") }
      skipBlanks()
      guard take(":") else { throw error("a colon is expected after \"\(name)\"") }
      skipBlanks()
      members.append(JSONMember(name: name, line: start, node: try value(depth: depth + 1)))
      skipBlanks()
      if take("}") { return members }
      guard take(",") else { throw error("a comma or } is expected after the value of \"\(name)\"") }
    }
  }

  private mutating func array(depth: Int) throws(JSONSyntaxError) -> [JSONNode] {
    position += 1
    var elements: [JSONNode] = []
    skipBlanks()
    if take("]") { return [] }
    while true {
      skipBlanks()
      elements.append(try value(depth: depth + 1))
      skipBlanks()
      if take("]") { return elements }
      guard take(",") else { throw error("a comma or ] is expected") }
    }
  }

  private mutating func string() throws(JSONSyntaxError) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let string = String(validating: text, as: UTF8.self) else { throw error("the text is not UTF-8") }
        return string
      case UInt8(ascii: "\\"):
        position += 1
        text.append(contentsOf: Array(String(try escape()).utf8))
      case 0..<0x20: throw error("a control character stands in a text; write it as \\n, \\t or \\u00XX")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw error("a text is not closed by a double quote")
  }

  private mutating func escape() throws(JSONSyntaxError) -> Unicode.Scalar {
    guard let byte = peek() else { throw error("a text is not closed by a double quote") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw error("\\\(Character(Unicode.Scalar(byte))) is no escape of JSON")
    }
  }

  private mutating func unicodeEscape() throws(JSONSyntaxError) -> Unicode.Scalar {
    let first = try fourHexDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xD800..<0xDC00).contains(first), take("\\"), take("u") else { throw error("half of a surrogate pair is missing") }
    let second = try fourHexDigits()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw error("half of a surrogate pair is missing") }
    return scalar
  }

  private mutating func fourHexDigits() throws(JSONSyntaxError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("four hexadecimal digits are expected after \\u")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  private mutating func number() throws(JSONSyntaxError) -> Double {
    let start = position
    while let byte = peek(), Self.isNumberByte(byte) { position += 1 }
    guard position > start else { throw error("a value is expected") }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let number = Double(text), number.isFinite, text.first != "+", text.first != "." else {
      position = start
      throw error("\(text) is no number")
    }
    return number
  }

  private static func isNumberByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"),
      UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private mutating func word(_ word: StaticString) throws(JSONSyntaxError) {
    let expected = word.withUTF8Buffer { Array($0) }
    guard bytes[position...].starts(with: expected) else { throw error("\(word) is expected") }
    position += expected.count
  }

  private mutating func skipBlanks() {
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\n"):
        position += 1
        line += 1
        lineStart = position
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
      default: return
      }
    }
  }

  private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private func error(_ message: String) -> JSONSyntaxError {
    JSONSyntaxError(line: line, column: position - lineStart + 1, message: message)
  }
}
