/// One mistake in a mapping file.
public struct MappingFault: Sendable, Hashable, CustomStringConvertible {
  /// From 1.
  public let line: Int
  /// Path from the top, for instance `status.values.Closed`; empty for the file as a whole.
  public let field: String
  public let message: String

  public init(line: Int, field: String, message: String) {
    self.line = line
    self.field = field
    self.message = message
  }

  public var description: String { "line \(line): \(field.isEmpty ? "" : field + ": ")\(message)" }
}

/// Every mistake of a mapping file, in the order of its lines.
public struct MappingError: Error, Sendable, Hashable, CustomStringConvertible {
  public let faults: [MappingFault]

  public init(_ faults: [MappingFault]) { self.faults = faults.sorted { $0.line < $1.line } }

  public var description: String { faults.map(\.description).joined(separator: "\n") }
}
