// Where a node's clock is kept.
public import CityModel

/// The stored clock at one moment.
public struct StoredClock: Sendable, Hashable {
  /// Grows with each change.
  public let version: Int64
  /// Where the clock stands; nil when it follows the system's.
  public let standing: Instant?

  public init(version: Int64, standing: Instant?) {
    self.version = version
    self.standing = standing
  }
}

/// The durable side of `NodeClock`.
public protocol NodeClockStore: Sendable {
  func load() async throws -> StoredClock
  /// Nil when the clock is driven already and stands later than `instant`; nothing is changed then.
  func drive(to instant: Instant) async throws -> StoredClock?
  func release() async throws -> StoredClock
}
