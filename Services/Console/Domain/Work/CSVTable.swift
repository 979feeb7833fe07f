/// Comma-separated values (RFC 4180), for spreadsheets.
public enum CSVTable {
  /// Without it spreadsheet programs take Chinese for something else. Before the first line.
  public static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// A cell that a spreadsheet program would run as a formula gets an apostrophe before it: what citizens write ends up in offices. Numbers
  /// stay numbers.
  public static func line(_ cells: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      write(isFormula(cell) ? "'" + cell : cell, to: &bytes)
    }
    bytes.append(contentsOf: "\r\n".utf8)
    return bytes
  }

  /// The characters that begin a formula, full-width ones among them (some input methods' programs read those, too), and blanks that a
  /// program drops before it looks.
  private static let formulaStarts: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]

  private static func isFormula(_ cell: String) -> Bool {
    guard let first = cell.unicodeScalars.first(where: { $0 != " " && $0 != "\u{3000}" }), formulaStarts.contains(first) else {
      return false
    }
    return !isNumber(cell)
  }

  /// -118.25, nothing more fanciful.
  private static func isNumber(_ cell: String) -> Bool {
    let digits = cell.utf8.dropFirst(cell.hasPrefix("-") || cell.hasPrefix("+") ? 1 : 0)
    return !digits.isEmpty && digits.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
      && digits.filter { $0 == UInt8(ascii: ".") }.count <= 1
  }

  private static func write(_ text: String, to bytes: inout [UInt8]) {
    guard text.utf8.contains(where: { "\",\n\r".utf8.contains($0) }) else { return bytes.append(contentsOf: text.utf8) }
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
