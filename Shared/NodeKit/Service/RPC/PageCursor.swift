// Where the next page of a listing begins.
public import CityModel

/// The last row's sorting key and id. As text it is opaque to callers: `Page.token`.
public struct PageCursor: Sendable, Hashable {
  /// What the listing is sorted by first, for instance microseconds of a time.
  public var order: Int64
  /// What decides between equal keys.
  public var id: Identifier

  public init(order: Int64, id: Identifier) {
    self.order = order
    self.id = id
  }

  public init(at instant: Instant, id: Identifier) { self.init(order: instant.microseconds, id: id) }

  /// nil when no listing gave that token.
  public init?(token: String) {
    let parts = token.split(separator: ".", maxSplits: 1)
    guard parts.count == 2, let order = Int64(parts[0]), let id = Identifier(String(parts[1])) else { return nil }
    self.init(order: order, id: id)
  }

  public var token: String { "\(order).\(id)" }
  /// The sorting key as a time.
  public var instant: Instant { Instant(microseconds: order) }
}

extension Instant {
  /// A field of the contract in which 0 means "not given".
  public init?(given microseconds: Int64) {
    guard microseconds != 0 else { return nil }
    self.init(microseconds: microseconds)
  }
}
