/// A statement and its values: `"SELECT note FROM cases WHERE id = \(id)"`.
///
/// Every interpolation is a bound parameter in PostgreSQL's binary form with an explicit type; nothing that is interpolated becomes text
/// of the statement, save through the labels `identifier:` and `unsafeLiteral:`. One statement each; scripts belong to the `Migrator`. An
/// `Int` is a bigint, a `String` is text, an array is an array (`unnest(\(ids))`), nil is NULL of the value's type.
public struct SQL: ExpressibleByStringInterpolation, Sendable {
  /// PostgreSQL's own limit on parameters of one statement.
  static let parameterLimit = 65_535

  var text: String
  var parameters = Parameters()
  /// Where each `$n` begins in `text.utf8`, so that fragments can be renumbered.
  var holes: [Int] = []
  /// The channel to be told once the statement's transaction has committed.
  var announcement: String?

  public init(stringLiteral text: String) {
    self.text = text
  }

  public init(stringInterpolation: StringInterpolation) {
    self = stringInterpolation.sql
    precondition(parameters.count <= Self.parameterLimit, "more than 65,535 parameters: bind an array instead")
  }

  /// The same statement; when its transaction has committed, everybody who follows `Database.notifications(channel)` is woken, in every
  /// process that uses this schema. The telling happens after the commit, because NOTIFY inside a transaction holds a lock on the whole
  /// cluster until the commit is on disk, and so lets no two writers commit together.
  public func announcing(_ channel: String) -> SQL {
    var copy = self
    copy.announcement = channel
    return copy
  }

  public struct StringInterpolation: StringInterpolationProtocol {
    var sql: SQL

    public init(literalCapacity: Int, interpolationCount: Int) {
      sql = SQL(stringLiteral: "")
      sql.text.reserveCapacity(literalCapacity + 3 * interpolationCount)
      sql.holes.reserveCapacity(interpolationCount)
    }

    public mutating func appendLiteral(_ literal: String) {
      sql.text += literal
    }

    /// A bound value.
    public mutating func appendInterpolation<Value: PostgresBindable>(_ value: Value) {
      value.bind(to: &sql.parameters)
      appendHole()
    }

    /// A bound value, or NULL of its type.
    public mutating func appendInterpolation<Value: PostgresBindable>(_ value: Value?) {
      value.bind(to: &sql.parameters)
      appendHole()
    }

    /// Part of a statement with its values, for instance a condition that is not always there.
    public mutating func appendInterpolation(fragment: SQL) {
      let text = fragment.text.utf8
      var start = text.startIndex
      for (index, offset) in fragment.holes.enumerated() {
        let hole = text.index(text.startIndex, offsetBy: offset)
        sql.text += fragment.text[start..<hole]
        appendHole()
        start = text.index(hole, offsetBy: 1 + String(index + 1).utf8.count)
      }
      sql.text += fragment.text[start...]
      sql.parameters.append(fragment.parameters)
      sql.announcement = sql.announcement ?? fragment.announcement
    }

    /// A name (table, column), quoted.
    public mutating func appendInterpolation(identifier: String) {
      sql.text += SQL.quoted(identifier)
    }

    /// Text as it stands: only for constants of the program, never for anything from outside.
    public mutating func appendInterpolation(unsafeLiteral: String) {
      sql.text += unsafeLiteral
    }

    private mutating func appendHole() {
      sql.holes.append(sql.text.utf8.count)
      sql.text += "$"
      sql.text += String(sql.holes.count)
    }
  }

  /// `"name"`, with quotes inside doubled.
  static func quoted(_ identifier: String) -> String {
    var quoted = "\""
    for character in identifier.unicodeScalars {
      precondition(character != "\0", "NUL in an identifier")
      if character == "\"" { quoted.unicodeScalars.append(character) }
      quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
  }
}

extension SQL: CustomStringConvertible {
  /// The text without the values: these may be personal data.
  public var description: String { text }
}
