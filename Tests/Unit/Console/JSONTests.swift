import ConsoleDomain
import Testing

@Suite struct JSONTests {
  private func read(_ text: String) throws -> JSON { try JSONReader.read(Array(text.utf8)) }
  private func text(_ value: JSON) -> String { String(decoding: value.rendered(), as: UTF8.self) }

  @Test func readsAndWritesTheSame() throws {
    let source = #"{"a":[1,-2.5,true,null,"路灯\n\"x\""],"b":{}}"#
    #expect(text(try read(source)) == source)
    #expect(try read(#""\u8def\ud83d\ude00""#) == "路😀")
    #expect(try read("9007199254740993") == .integer(9_007_199_254_740_993))
  }

  @Test(arguments: [
    "", "{", "[1,]", "01", "1.", "+1", ".5", "1e", "nul", #"{"a":1,"a":2}"#, "\"\u{1}\"", #""\ud800""#, "[1] 2", "{\"a\"}", "1e999",
  ])
  func refuses(_ text: String) {
    #expect(throws: JSONReader.Fault.self) { try JSONReader.read(Array(text.utf8)) }
  }

  @Test func refusesWhatIsNotUTF8AndWhatIsTooDeep() {
    #expect(throws: JSONReader.Fault.self) { try JSONReader.read([0x22, 0xFF, 0x22]) }
    #expect(throws: JSONReader.Fault.self) { try JSONReader.read([UInt8](repeating: UInt8(ascii: "["), count: 100_000)) }
  }

  @Test func noTagLeavesTheHouse() {
    #expect(text("</script><b>&") == #""\u003c/script\u003e\u003cb\u003e\u0026""#)
    #expect(text(.number(.nan)) == "null")
  }
}
