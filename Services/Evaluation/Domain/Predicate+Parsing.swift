extension Predicate {
  /// Most characters of a predicate.
  public static let lengthLimit = 1_000
  /// Most parentheses and `not`s inside each other.
  public static let depthLimit = 32

  /// Reads "closed and (on_time or not with_deadline)": `not` binds tighter than `and`, `and` tighter than `or`.
  public init(parsing text: String) throws(EvaluationRefusal) {
    guard text.count <= Self.lengthLimit else { throw .predicate("longer than \(Self.lengthLimit) characters") }
    var parser = Parser(tokens: Self.tokens(of: text))
    self = try parser.disjunction(depth: 0)
    if let extra = parser.peek { throw .predicate("\"\(extra)\" is not expected here") }
  }

  /// Words and parentheses.
  private static func tokens(of text: String) -> [String] {
    var tokens: [String] = []
    var word = ""
    func finishWord() {
      if !word.isEmpty { tokens.append(word) }
      word = ""
    }
    for character in text {
      if character == "(" || character == ")" {
        finishWord()
        tokens.append(String(character))
      } else if character.isWhitespace {
        finishWord()
      } else {
        word.append(character)
      }
    }
    finishWord()
    return tokens
  }

  private struct Parser {
    let tokens: [String]
    var next = 0

    init(tokens: [String]) { self.tokens = tokens }

    var peek: String? { next < tokens.count ? tokens[next] : nil }

    mutating func take(_ token: String) -> Bool {
      guard peek == token else { return false }
      next += 1
      return true
    }

    mutating func disjunction(depth: Int) throws(EvaluationRefusal) -> Predicate {
      var result = try conjunction(depth: depth)
      while take("or") { result = .or(result, try conjunction(depth: depth)) }
      return result
    }

    mutating func conjunction(depth: Int) throws(EvaluationRefusal) -> Predicate {
      var result = try factor(depth: depth)
      while take("and") { result = .and(result, try factor(depth: depth)) }
      return result
    }

    mutating func factor(depth: Int) throws(EvaluationRefusal) -> Predicate {
      guard depth < Predicate.depthLimit else { throw .predicate("nested deeper than \(Predicate.depthLimit)") }
      if take("not") { return .not(try factor(depth: depth + 1)) }
      if take("(") {
        let inner = try disjunction(depth: depth + 1)
        guard take(")") else { throw .predicate("a closing parenthesis is missing") }
        return inner
      }
      guard let word = peek else { throw .predicate("something is missing at the end") }
      guard let term = Term(rawValue: word) else {
        throw .predicate("\"\(word)\" is not a term; terms are \(Term.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      next += 1
      return .term(term)
    }
  }
}
