import DispatchDomain
import Testing

@Suite struct SearchWordsTests {
  private func terms(_ query: String) -> [String] { SearchWords.terms(of: query).map { $0.word + ($0.isPrefix ? "*" : "") } }

  @Test func `words, digits and ideographs`() {
    #expect(SearchWords.words(of: ["Pot-hole 2 m, 人民路！"]) == ["pot", "hole", "2", "m", "人", "民", "路", "人民", "民路"])
    #expect(SearchWords.words(of: ["", " ,. "]).isEmpty)
    #expect(SearchWords.words(of: ["A1路B"]) == ["a1", "路", "b"])
    #expect(SearchWords.words(of: ["1-523490231", "20171201-00017"]).isSuperset(of: ["523490231", "20171201", "00017"]))
  }

  @Test func `full-width forms, case and accents`() {
    #expect(SearchWords.words(of: ["ＡＢ１２ Straße"]) == ["ab12", "straße"])
    #expect(terms("ab１２") == ["ab12*"])
    // A combining accent doesn't cut the word in two.
    #expect(SearchWords.words(of: ["cafe\u{301}s"]).count == 1)
  }

  @Test func `a query asks for pairs, a single character for itself, a word for its beginning`() {
    #expect(terms("井盖塌陷") == ["井盖", "盖塌", "塌陷"])
    #expect(terms("路") == ["路"])
    #expect(terms("Potho 人民") == ["potho*", "人民"])
    #expect(terms("人民 人民").count == 1)
    #expect(terms("，。!").isEmpty)
  }

  /// Whatever part of a text is asked for, the text has all that the query wants.
  @Test func `every piece of a text finds it`() {
    let text = "人民路12号门前Broken street-light，灯杆编号 A-1093 倾斜，已３天"
    let words = SearchWords.words(of: [text])
    let scalars = Array(text.unicodeScalars)
    for start in scalars.indices {
      for end in start..<scalars.count {
        var piece = String.UnicodeScalarView()
        piece.append(contentsOf: scalars[start...end])
        // A piece may begin within a word: only its end may be open.
        if start > 0, isOfWord(scalars[start - 1]), isOfWord(scalars[start]) { continue }
        for term in SearchWords.terms(of: String(piece)) {
          #expect(words.contains { term.isPrefix ? $0.hasPrefix(term.word) : $0 == term.word }, "\(piece): \(term)")
        }
      }
    }
  }

  private func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x3000 && scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  @Test func `no words without end`() {
    let long = String(repeating: "x", count: 10_000)
    #expect(SearchWords.words(of: [long]) == [String(repeating: "x", count: 40)])
    #expect(terms(long) == [String(repeating: "x", count: 40) + "*"])
    let many = (0..<10_000).map { "w\($0)" }.joined(separator: " ")
    #expect(SearchWords.words(of: [many]).count <= 2_001)
    #expect(SearchWords.terms(of: many).count == 30)
  }

  /// What goes into a query of the database without quoting.
  @Test func `words hold nothing that would need quoting`() {
    for term in SearchWords.terms(of: "a'b\\c & d | !e:* <-> (f) 人'民\u{0}路 \"x\" %_") {
      #expect(term.word.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || $0.properties.numericType != nil })
    }
  }
}
