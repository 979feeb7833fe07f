import Testing

@testable import ChengyunDomain

@Suite("JSON that knows its lines")
struct JSONTests {
  @Test func remembersLines() throws {
    let node = try JSONParser.parse(Array("{\n  \"a\": [1,\n 2.5e1],\n  \"b\": \"x\\u00e9\\ud83d\\ude00\\n\"\n}".utf8))
    #expect(node["a"]?.array?[1].number == 25)
    #expect(node["a"]?.array?[1].line == 3)
    #expect(node["b"]?.string == "xé😀\n")
    #expect(node["b"]?.line == 4)
    #expect(node["c"] == nil)
  }

  @Test(arguments: [
    ("{\"a\": 1,}", 1), ("{\n\"a\" 1}", 2), ("[1, 2", 1), ("{\"a\": 1}\n x", 2), ("[01e]", 1), ("\"\\x\"", 1), ("\"\\ud800\"", 1), ("", 1),
    ("[tru]", 1), ("\n\n[.5]", 3), ("{\"a\":1,\n\"a\":2}", 2), ("[1e999]", 1), ("[\"a\nb\"]", 1),
  ])
  func saysWhereItBreaks(_ text: String, _ line: Int) {
    #expect { _ = try JSONParser.parse(Array(text.utf8)) } throws: { ($0 as? JSONSyntaxError)?.line == line }
  }

  @Test func refusesDepthBombs() {
    #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(Array(repeating: UInt8(ascii: "["), count: 100_000)) }
  }

  @Test func writesWhatItReads() throws {
    let text = JSONText.object([
      ("a", .array([.integer(1), .number(2.5), .null, .bool(true)])), ("quote \"\n\u{1}", .string("\\x")), ("empty", .object([])),
    ]).rendered()
    let node = try JSONParser.parse(Array(text.utf8))
    #expect(node["a"]?.array?.map(\.number) == [1, 2.5, nil, nil])
    #expect(node["quote \"\n\u{1}"]?.string == "\\x")
    #expect(node["empty"]?.members?.isEmpty == true)
  }
}
