/// Where copied rows go.
public struct CopyTarget: Sendable {
  public let table: String
  public let columns: [String]

  public init(table: String, columns: [String]) {
    precondition(!columns.isEmpty && columns.count < 1_600, "COPY needs 1 to 1,599 columns")
    self.table = table
    self.columns = columns
  }

  var statement: String {
    "COPY \(SQL.quoted(table)) (\(columns.map(SQL.quoted).joined(separator: ", "))) FROM STDIN BINARY"
  }
}

/// The bytes of one COPY, complete with header and trailer. Owned by the run that sends it.
final class CopyPayload {
  let pointer: UnsafeMutablePointer<CChar>
  let count: Int

  init(_ target: CopyTarget, limit: Int, _ rows: (inout CopyWriter) throws -> Void) throws {
    var writer = CopyWriter(columns: target.columns.count, limit: limit)
    try rows(&writer)
    (pointer, count) = try writer.finish()
  }

  deinit { pointer.deallocate() }
}
