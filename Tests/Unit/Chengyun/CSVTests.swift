import Testing

@testable import ChengyunDomain

@Suite("CSV by RFC 4180")
struct CSVTests {
  /// Parses the text in pieces of every size and expects the same records.
  private func parse(_ text: String, piece: Int? = nil, limit: Int = CSVParser.recordLimit) -> [CSVRecord] {
    parse(Array(text.utf8), piece: piece, limit: limit)
  }

  private func parse(_ bytes: [UInt8], piece: Int? = nil, limit: Int = CSVParser.recordLimit) -> [CSVRecord] {
    var parser = CSVParser(recordLimit: limit)
    var records: [CSVRecord] = []
    for start in stride(from: 0, to: bytes.count, by: piece ?? max(1, bytes.count)) {
      records += parser.feed(Array(bytes[start..<min(start + (piece ?? bytes.count), bytes.count)]))
    }
    return records + parser.finish()
  }

  @Test(arguments: [
    ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
    ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
    ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
    ("\u{FEFF}a,b\n\n1,\n", [["a", "b"], ["1", ""]]),
    ("\"a,b\",\"c\"\"d\"\n", [["a,b", "c\"d"]]),
    ("\"two\r\nlines\",x\ny,z\n", [["two\r\nlines", "x"], ["y", "z"]]),
    ("\"\",\n", [["", ""]]),
    ("a b,c\"d\n", [["a b", "c\"d"]]),
    (",,\n", [["", "", ""]]),
    ("城,运\n", [["城", "运"]]),
  ])
  func splits(_ text: String, _ expected: [[String]]) {
    for piece in [nil, 1, 2, 3, 7] as [Int?] {
      #expect(parse(text, piece: piece).map(\.fields) == expected)
    }
  }

  @Test func numbersLines() {
    let records = parse("h\n\"a\nb\nc\"\n\nlast\n")
    #expect(records.map(\.line) == [1, 2, 6])
    #expect(records[1].raw == "\"a\nb\nc\"")
  }

  @Test func aStrayQuoteCostsOneLine() {
    let records = parse("h,i\n\"never closed,1\nx,2\ny,3\n", piece: 5)
    #expect(records.map(\.line) == [1, 2, 3, 4])
    #expect(records[1].fault == .quoteNotClosed)
    #expect(records[2].fields == ["x", "2"])
    #expect(records[3].fields == ["y", "3"])
  }

  @Test func aStrayQuoteInALongFileDoesNotSwallowIt() {
    let rows = (0..<200).map { "row \($0),value" }.joined(separator: "\n")
    let records = parse("\"open\n" + rows + "\n", piece: 64, limit: 500)
    #expect(records.count == 201)
    #expect(records[0].fault == .quoteNotClosed)
    #expect(records[200].line == 201)
  }

  @Test func textAfterAQuoteIsAFaultOfThatRowOnly() {
    let records = parse("\"a\"b,c\nd,e\n")
    #expect(records[0].fault == .textAfterQuote(field: 1))
    #expect(records[1].fields == ["d", "e"])
  }

  @Test func aStrayQuoteThatALaterOneClosesCostsOneLine() {
    let records = parse("h,i\n\"stray,1\nx,\"2\"\ny,3\n")
    #expect(records.map(\.line) == [1, 2, 3, 4])
    #expect(records[1].fault == .textAfterQuote(field: 1))
    #expect(records[2].fields == ["x", "2"])
  }

  @Test func bytesThatAreNoTextAreAFaultOfThatRowOnly() {
    let records = parse(Array("a\n".utf8) + [0xFF, 0xFE, 0x0A] + Array("b\n".utf8))
    #expect(records.map(\.fault) == [nil, .notUTF8, nil])
  }

  @Test(arguments: ["plain", "with,comma", "with \"quote\"", "two\nlines", ""])
  func writesWhatItReads(_ text: String) {
    #expect(parse("x," + csvField(text) + "\n")[0].fields == ["x", text])
  }
}
