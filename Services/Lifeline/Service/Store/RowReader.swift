internal import Postgres

/// Reads a row's columns from left to right.
struct RowReader {
  private let row: Row
  private var column: Int

  init(_ row: Row, from column: Int = 0) {
    self.row = row
    self.column = column
  }

  mutating func next<Value: PostgresDecodable>(_: Value.Type = Value.self) throws(PostgresError) -> Value {
    defer { column += 1 }
    return try row[column, Value.self]
  }
}

/// A stored row contradicts the domain: somebody changed the tables by hand.
struct StoredNonsense: Error, CustomStringConvertible {
  let description: String
}
