internal import CityModel

/// The words by which a case is found, and the words that a query asks for: one rule for both, so that what was written is found.
///
/// - Letters and digits run together to a word, in lower case; full-width forms (ＡＢ１２) count as their plain ones. A query finds words that
///   begin with what it says.
/// - Chinese, Japanese and Korean script has no spaces: each character is a word, and each two neighbours are one.
public enum SearchWords {
  /// Scalars of a word at most: 40; the rest is not looked at.
  static let wordLength = 40
  /// Different words of a case at most: 2,000; the rest is not found.
  static let wordLimit = 2_000
  /// Words of a query at most: 30; the rest does not narrow it any more.
  static let queryLimit = 30

  /// One thing that a query asks for.
  public struct Term: Sendable, Hashable {
    public let word: String
    /// Anything that begins so fits.
    public let isPrefix: Bool

    init(_ word: String, isPrefix: Bool) {
      self.word = word
      self.isPrefix = isPrefix
    }
  }

  /// What a case with these texts is found by.
  public static func words(of texts: [String]) -> Set<String> {
    var words: Set<String> = []
    for text in texts {
      for run in runs(text) {
        switch run {
        case .word(let word): words.insert(word)
        case .script(let characters):
          for character in characters { words.insert(String(character)) }
          words.formUnion(pairs(characters))
        }
        guard words.count < wordLimit else { return words }
      }
    }
    return words
  }

  /// What all must be among a case's words. Empty when the query holds nothing to look for.
  public static func terms(of query: String) -> [Term] {
    var terms: [Term] = []
    for run in runs(query) {
      switch run {
      case .word(let word): terms.append(Term(word, isPrefix: true))
      case .script(let characters) where characters.count == 1: terms.append(Term(String(characters[0]), isPrefix: false))
      case .script(let characters): terms += pairs(characters).map { Term($0, isPrefix: false) }
      }
    }
    var seen: Set<Term> = []
    return Array(terms.filter { seen.insert($0).inserted }.prefix(queryLimit))
  }

  private enum Run {
    case word(String)
    case script([Unicode.Scalar])
  }

  private static func runs(_ text: String) -> [Run] {
    var runs: [Run] = []
    var word: [Unicode.Scalar] = []
    var script: [Unicode.Scalar] = []
    func flush() {
      if !word.isEmpty {
        runs.append(.word(String(String.UnicodeScalarView(word)).lowercased()))
        word = []
      }
      if !script.isEmpty {
        runs.append(.script(script))
        script = []
      }
    }
    for scalar in text.unicodeScalars {
      let scalar = plain(scalar)
      if isScript(scalar) {
        if !word.isEmpty { flush() }
        script.append(scalar)
      } else if isOfWord(scalar) {
        if !script.isEmpty { flush() }
        if word.count < wordLength { word.append(scalar) }
      } else if scalar.properties.generalCategory != .nonspacingMark {
        flush()
      }
    }
    flush()
    return runs
  }

  private static func pairs(_ characters: [Unicode.Scalar]) -> [String] {
    zip(characters, characters.dropFirst()).map { String(String.UnicodeScalarView([$0, $1])) }
  }

  /// Full-width letters and digits as their plain ones.
  private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    (0xff01...0xff5e).contains(scalar.value) ? Unicode.Scalar(scalar.value - 0xfee0) ?? scalar : scalar
  }

  private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 {
      return (0x30...0x39).contains(scalar.value) || (0x41...0x5a).contains(scalar.value) || (0x61...0x7a).contains(scalar.value)
    }
    return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  /// Written without spaces between the words: Han, kana, hangul.
  private static func isScript(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3005, 0x3007, 0x3040...0x30ff, 0x3400...0x4dbf, 0x4e00...0x9fff, 0xac00...0xd7af, 0xf900...0xfaff, 0x20000...0x3ffff: true
    default: false
    }
  }
}

extension CaseFile {
  /// By what it is found: text, address, number, names of the kind, the number that another platform gave it.
  public var searchWords: Set<String> {
    SearchWords.words(of: [number, externalRef, kindName, kindNameEnglish, place.address, text])
  }
}
