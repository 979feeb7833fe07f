/// A JSON value that knows the line where it stands, so that a mistake in a mapping file can be pointed at.
public struct JSONNode: Sendable, Hashable {
  /// The kinds of value. Members keep the file's order.
  public indirect enum Value: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONNode])
    case object([JSONMember])
  }

  /// From 1.
  public let line: Int
  public let value: Value

  public init(line: Int, value: Value) {
    self.line = line
    self.value = value
  }
}

/// A name and its value in an object.
public struct JSONMember: Sendable, Hashable {
  public let name: String
  /// Where the name stands, from 1.
  public let line: Int
  public let node: JSONNode
}

/// The text is not JSON.
public struct JSONSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
  public let line: Int
  public let column: Int
  public let message: String

  public init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }

  public var description: String { "line \(line), column \(column): \(message)" }
}

extension JSONNode {
  /// The member of an object; nil when there is none or this is no object.
  public subscript(_ name: String) -> JSONNode? {
    guard case .object(let members) = value else { return nil }
    return members.first { $0.name == name }?.node
  }

  public var string: String? {
    if case .string(let text) = value { text } else { nil }
  }

  public var number: Double? {
    if case .number(let number) = value { number } else { nil }
  }

  /// A number without a fraction that an Int holds.
  public var integer: Int? { number.flatMap { Int(exactly: $0) } }

  public var bool: Bool? {
    if case .bool(let flag) = value { flag } else { nil }
  }

  public var array: [JSONNode]? {
    if case .array(let elements) = value { elements } else { nil }
  }

  public var members: [JSONMember]? {
    if case .object(let members) = value { members } else { nil }
  }

  /// What it is, for error messages.
  public var kindName: String {
    switch value {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
