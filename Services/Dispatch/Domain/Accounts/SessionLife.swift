public import CityModel

/// How long somebody stays signed in.
public struct SessionLife: Sendable, Hashable {
  /// Without use: 30 minutes.
  public static let idle: Duration = .seconds(30 * 60)
  /// However busy: 12 hours.
  public static let longest: Duration = .seconds(12 * 3_600)
  /// Use is written down when it is older than this: 30 s.
  public static let touch: Duration = .seconds(30)
  /// Sessions of one user at the same time: 20. The one longest unused gives way.
  public static let perUser = 20

  public let lastUsedAt: Instant
  public let expiresAt: Instant

  public init(lastUsedAt: Instant, expiresAt: Instant) {
    self.lastUsedAt = lastUsedAt
    self.expiresAt = expiresAt
  }

  public func isLiving(at now: Instant) -> Bool { now < expiresAt && now - lastUsedAt < Self.idle }

  public func needsTouch(at now: Instant) -> Bool { now - lastUsedAt >= Self.touch }
}
