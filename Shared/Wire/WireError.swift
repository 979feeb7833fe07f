/// Why bytes are not a message. Whatever the bytes, decoding ends with a message or with one of these, never with a trap.
public enum WireError: Error, Sendable, Hashable {
  /// Truncated, a bad tag or length, or a known field with another field's wire type.
  case malformed
  /// A string field that is not UTF-8; the name is the field's in the contract.
  case invalidUTF8(field: String)
  /// The bytes would unfold into more memory than ``WireLimits`` allows.
  case tooLarge
  /// Messages nested deeper than ``WireLimits`` allows.
  case tooDeep
}

extension WireError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed: "The bytes are not a message of this type."
    case .invalidUTF8(let field): "The text field '\(field)' is not UTF-8."
    case .tooLarge: "The message would unfold into more memory than is allowed."
    case .tooDeep: "The message is nested deeper than is allowed."
    }
  }
}
