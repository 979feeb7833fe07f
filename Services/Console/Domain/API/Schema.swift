/// What a value of the API looks like: checked on the way in, described in the OpenAPI document.
public indirect enum Schema: Sendable, Hashable {
  /// Lengths in characters.
  case text(TextFormat = .plain, min: Int = 0, max: Int)
  case choice([String])
  case integer(ClosedRange<Int64>)
  case number(ClosedRange<Double>)
  case flag
  case list(Schema, max: Int)
  case object([Property])
  /// Null is allowed.
  case nullable(Schema)
  /// A schema of `Schemas.named`.
  case named(String)
  case anything

  public enum TextFormat: String, Sendable, Hashable {
    case plain
    /// Lower-case UUID.
    case uuid
    /// A day, or a time of ISO 8601; without an offset in the city's zone.
    case instant
  }

  public struct Property: Sendable, Hashable {
    public let name: String
    public let schema: Schema
    public let isRequired: Bool

    public init(_ name: String, _ schema: Schema, required: Bool = false) {
      self.name = name
      self.schema = schema
      isRequired = required
    }
  }
}

extension Schema {
  /// - Throws: a problem that names the first field that is wrong.
  public func check(_ value: JSON, at name: String) throws(Problem) {
    switch (self, value) {
    case (.text(let format, let min, let max), .string(let text)): try Self.check(text, format, min, max, name)
    case (.choice(let choices), .string(let text)):
      guard choices.contains(text) else {
        throw .field(name, "须为以下之一：\(choices.joined(separator: "、"))", "must be one of \(choices.joined(separator: ", "))")
      }
    case (.integer(let range), .integer(let number)):
      guard range.contains(number) else { throw Self.outside(name, "\(range.lowerBound)", "\(range.upperBound)") }
    case (.number(let range), .integer(let number)):
      guard range.contains(Double(number)) else { throw Self.outside(name, "\(range.lowerBound)", "\(range.upperBound)") }
    case (.number(let range), .number(let number)):
      guard range.contains(number) else { throw Self.outside(name, "\(range.lowerBound)", "\(range.upperBound)") }
    case (.flag, .bool), (.anything, _), (.nullable, .null): break
    case (.list(let element, let max), .array(let elements)):
      guard elements.count <= max else { throw .field(name, "最多 \(max) 项", "may hold at most \(max) items") }
      for element in zip(elements, repeatElement(element, count: elements.count)) { try element.1.check(element.0, at: name) }
    case (.object(let properties), .object): try Self.check(value, properties, name)
    case (.nullable(let schema), _): try schema.check(value, at: name)
    default: throw .field(name, "类型不对，应为\(kind.chinese)", "must be \(kind.english)")
    }
  }

  private static func check(_ text: String, _ format: TextFormat, _ min: Int, _ max: Int, _ name: String) throws(Problem) {
    guard text.unicodeScalars.count <= max else { throw .field(name, "最多 \(max) 个字符", "may hold at most \(max) characters") }
    guard text.unicodeScalars.count >= min else {
      throw min == 1
        ? .field(name, "不能为空", "must not be empty") : .field(name, "至少 \(min) 个字符", "must hold at least \(min) characters")
    }
    guard !text.utf8.contains(0) else { throw .field(name, "含有不允许的字符", "holds a character that is not allowed") }
    guard format != .uuid || isUUID(text) else { throw .field(name, "不是有效的编号", "must be an id (UUID)") }
  }

  private static func check(_ value: JSON, _ properties: [Property], _ name: String) throws(Problem) {
    for property in properties {
      let path = name.isEmpty ? property.name : "\(name).\(property.name)"
      switch value[property.name] {
      case .some(.null) where !property.isRequired: break
      case .some(let member): try property.schema.check(member, at: path)
      case nil: if property.isRequired { throw .field(path, "必填", "is required") }
      }
    }
  }

  private static func outside(_ name: String, _ low: String, _ high: String) -> Problem {
    .field(name, "须在 \(low) 与 \(high) 之间", "must lie between \(low) and \(high)")
  }

  private static func isUUID(_ text: String) -> Bool {
    text.utf8.count == 36
      && text.utf8.enumerated().allSatisfy { index, byte in
        [8, 13, 18, 23].contains(index) ? byte == UInt8(ascii: "-") : hexValue(byte) != nil
      }
  }

  private var kind: (chinese: String, english: String) {
    switch self {
    case .text, .choice: ("文字", "a text")
    case .integer: ("整数", "a whole number")
    case .number: ("数字", "a number")
    case .flag: ("真或假", "true or false")
    case .list: ("列表", "a list")
    case .object: ("对象", "an object")
    case .nullable(let schema): schema.kind
    case .named, .anything: ("值", "a value")
    }
  }
}

extension Schema {
  /// JSON Schema 2020-12, as OpenAPI 3.1 uses it.
  public var json: JSON {
    switch self {
    case .text(let format, let min, let max):
      var members: [JSON.Member] = [.init("type", "string")]
      switch format {
      case .plain: break
      case .uuid: members.append(.init("format", "uuid"))
      case .instant: members.append(.init("description", "yyyy-mm-dd, or ISO 8601 date and time"))
      }
      if min > 0 { members.append(.init("minLength", .integer(Int64(min)))) }
      members.append(.init("maxLength", .integer(Int64(max))))
      return .object(members)
    case .choice(let choices): return ["type": "string", "enum": .array(choices.map { .string($0) })]
    case .integer(let range):
      return ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
    case .number(let range):
      guard range.upperBound.isFinite else { return ["type": "number"] }
      return ["type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
    case .flag: return ["type": "boolean"]
    case .list(let element, let max): return ["type": "array", "items": element.json, "maxItems": .integer(Int64(max))]
    case .object(let properties):
      var members: [JSON.Member] = [
        .init("type", "object"), .init("properties", .object(properties.map { .init($0.name, $0.schema.json) })),
      ]
      let required = properties.filter(\.isRequired).map { JSON.string($0.name) }
      if !required.isEmpty { members.append(.init("required", .array(required))) }
      return .object(members)
    case .nullable(let schema): return ["anyOf": [schema.json, ["type": "null"]]]
    case .named(let name): return ["$ref": .string("#/components/schemas/\(name)")]
    case .anything: return [:]
    }
  }
}
