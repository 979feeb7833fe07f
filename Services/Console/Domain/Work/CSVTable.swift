/// A table as comma-separated values (RFC 4180), for spreadsheets.
public struct CSVTable: Sendable, Hashable {
  private var bytes: [UInt8] = [0xEF, 0xBB, 0xBF]

  public init(header: [String]) { append(header) }

  /// A cell that a spreadsheet program would run as a formula gets an apostrophe before it: what citizens write ends up in offices.
  public mutating func append(_ cells: [String]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      let isFormula = cell.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
      let text = isFormula && Double(cell) == nil ? "'" + cell : cell
      guard text.utf8.contains(where: { "\",\n\r".utf8.contains($0) }) else {
        bytes.append(contentsOf: text.utf8)
        continue
      }
      bytes.append(UInt8(ascii: "\""))
      for byte in text.utf8 {
        if byte == UInt8(ascii: "\"") { bytes.append(byte) }
        bytes.append(byte)
      }
      bytes.append(UInt8(ascii: "\""))
    }
    bytes.append(contentsOf: "\r\n".utf8)
  }

  public func rendered() -> [UInt8] { bytes }
}
