internal import Postgres

/// Reads a row's columns one after the other, in the order of the column list that selected them.
struct RowReader {
  private let row: Row
  private var next = 0

  init(_ row: Row) { self.row = row }

  mutating func take<Value: PostgresDecodable>(_: Value.Type = Value.self) throws(PostgresError) -> Value {
    defer { next += 1 }
    return try row[next, Value.self]
  }
}
