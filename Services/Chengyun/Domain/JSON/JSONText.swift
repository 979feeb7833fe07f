/// JSON to be written: members in the order given.
public enum JSONText: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONText])
  case object([(String, JSONText)])

  /// Two blanks an indentation, and a line end after the last brace.
  public func rendered() -> String {
    var text = ""
    write(to: &text, indent: "")
    return text + "\n"
  }

  private func write(to text: inout String, indent: String) {
    switch self {
    case .null: text += "null"
    case .bool(let flag): text += flag ? "true" : "false"
    case .integer(let number): text += String(number)
    case .number(let number): text += number.isFinite ? Self.plain(number) : "null"
    case .string(let string): Self.quote(string, to: &text)
    case .array(let elements):
      Self.writeList(elements.count, "[", "]", to: &text, indent: indent) { index, text, inner in
        elements[index].write(to: &text, indent: inner)
      }
    case .object(let members):
      Self.writeList(members.count, "{", "}", to: &text, indent: indent) { index, text, inner in
        Self.quote(members[index].0, to: &text)
        text += ": "
        members[index].1.write(to: &text, indent: inner)
      }
    }
  }

  private static func writeList(
    _ count: Int, _ open: String, _ close: String, to text: inout String, indent: String,
    _ element: (Int, inout String, String) -> Void
  ) {
    guard count > 0 else {
      text += open + close
      return
    }
    let inner = indent + "  "
    text += open
    for index in 0..<count {
      text += index == 0 ? "\n" : ",\n"
      text += inner
      element(index, &text, inner)
    }
    text += "\n" + indent + close
  }

  /// Whole numbers without a fraction; the rest as the shortest text that reads back to the same number.
  private static func plain(_ number: Double) -> String {
    if let whole = Int64(exactly: number), abs(number) < 1e15 { return String(whole) }
    return "\(number)"
  }

  private static func quote(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }

  public static func == (left: JSONText, right: JSONText) -> Bool { left.rendered() == right.rendered() }
  public func hash(into hasher: inout Hasher) { hasher.combine(rendered()) }
}

extension JSONText {
  /// A text, or null without one.
  public init(_ text: String?) { self = text.map { .string($0) } ?? .null }
  public init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }
  public init(_ number: Int64?) { self = number.map { .integer($0) } ?? .null }
}
