/// Reads a row's columns one after the other, in the order of the column list that selected them.
public struct RowReader {
  private let row: Row
  private var column: Int

  public init(_ row: Row, from column: Int = 0) {
    self.row = row
    self.column = column
  }

  public mutating func next<Value: PostgresDecodable>(_: Value.Type = Value.self) throws(PostgresError) -> Value {
    defer { column += 1 }
    return try row[column, Value.self]
  }
}
