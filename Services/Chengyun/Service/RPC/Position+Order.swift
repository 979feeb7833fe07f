internal import CommonAPI

extension Position {
  /// The later of two places in the same log.
  static func later(_ one: Position?, _ other: Position?) -> Position? {
    guard let one else { return other }
    guard let other else { return one }
    return (one.transaction, one.sequence) < (other.transaction, other.sequence) ? other : one
  }
}
