/// A condition on one case or report: terms joined by `and`, `or`, `not`.
public indirect enum Predicate: Sendable, Hashable {
  case term(Term)
  case not(Predicate)
  case and(Predicate, Predicate)
  case or(Predicate, Predicate)

  /// Whether it holds where `truth` says which terms do.
  public func holds(_ truth: (Term) -> Bool) -> Bool {
    switch self {
    case .term(let term): truth(term)
    case .not(let inner): !inner.holds(truth)
    case .and(let left, let right): left.holds(truth) && right.holds(truth)
    case .or(let left, let right): left.holds(truth) || right.holds(truth)
    }
  }

  public var terms: Set<Term> {
    switch self {
    case .term(let term): [term]
    case .not(let inner): inner.terms
    case .and(let left, let right), .or(let left, let right): left.terms.union(right.terms)
    }
  }

  /// Rendered so that parsing it gives the same predicate.
  public var text: String {
    switch self {
    case .term(let term): term.rawValue
    case .not(let inner): "not (\(inner.text))"
    case .and(let left, let right): "(\(left.text)) and (\(right.text))"
    case .or(let left, let right): "(\(left.text)) or (\(right.text))"
    }
  }
}
