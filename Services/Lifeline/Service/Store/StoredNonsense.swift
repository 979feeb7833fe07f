/// A stored row contradicts the domain: somebody changed the tables by hand.
struct StoredNonsense: Error, CustomStringConvertible {
  let description: String
}
