internal import CLibpq

/// What a statement returned. The values stay in libpq's memory and are decoded when they are asked for.
public struct Rows: RandomAccessCollection, Sendable {
  let result: ResultOwner
  public let endIndex: Int

  init(_ result: ResultOwner) {
    self.result = result
    endIndex = Int(PQntuples(result.pointer))
  }

  public var startIndex: Int { 0 }
  public subscript(index: Int) -> Row {
    precondition(index >= 0 && index < endIndex, "no such row")
    return Row(result: result, index: Int32(index))
  }

  /// Rows inserted, updated, deleted, copied or returned.
  public var affected: Int {
    Int(String(cString: PQcmdTuples(result.pointer))) ?? 0
  }

  /// Every row as a tuple: `rows.decode(Int64.self, String?.self)`.
  public func decode<each Column: PostgresDecodable>(
    _ columns: repeat (each Column).Type
  ) throws(PostgresError) -> [(repeat each Column)] {
    var decoded: [(repeat each Column)] = []
    decoded.reserveCapacity(count)
    for row in self { decoded.append(try row.decode(repeat (each Column).self)) }
    return decoded
  }

  /// The first column of every row.
  public func column<Column: PostgresDecodable>(_: Column.Type = Column.self) throws(PostgresError) -> [Column] {
    var decoded: [Column] = []
    decoded.reserveCapacity(count)
    for row in self { decoded.append(try row[0, Column.self]) }
    return decoded
  }
}

/// One row. Columns count from 0.
public struct Row: Sendable {
  let result: ResultOwner
  let index: Int32

  public var count: Int { Int(PQnfields(result.pointer)) }

  public subscript<Column: PostgresDecodable>(column: Int, _: Column.Type) -> Column {
    get throws(PostgresError) {
      let pointer = result.pointer
      guard column >= 0, column < count else { throw .decoding("there is no column \(column)") }
      let column = Int32(column)
      var bytes: UnsafeRawBufferPointer?
      if PQgetisnull(pointer, index, column) == 0 {
        bytes = UnsafeRawBufferPointer(start: PQgetvalue(pointer, index, column), count: Int(PQgetlength(pointer, index, column)))
      }
      let field = Field(type: PQftype(pointer, column), bytes: bytes)
      defer { withExtendedLifetime(result) {} }
      do {
        return try Column(field: field)
      } catch {
        throw .decoding("column \(column) (\(String(cString: PQfname(pointer, column)))): \(error.message ?? "")")
      }
    }
  }

  /// The first columns as a tuple: `let (id, note) = try row.decode(Identifier.self, String?.self)`.
  public func decode<each Column: PostgresDecodable>(
    _ columns: repeat (each Column).Type
  ) throws(PostgresError) -> (repeat each Column) {
    var next = 0
    func take<One: PostgresDecodable>(_: One.Type) throws(PostgresError) -> One {
      defer { next += 1 }
      return try self[next, One.self]
    }
    return (repeat try take((each Column).self))
  }
}

/// Owns a PGresult. `@unchecked Sendable`: a finished PGresult is read only, and libpq lets any thread read it (manual §34.20).
final class ResultOwner: @unchecked Sendable {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  deinit { PQclear(pointer) }

  /// What the server says that it did.
  var tag: String { String(cString: PQcmdStatus(pointer)) }
}
