/// A point in time: microseconds since 1970-01-01T00:00:00Z, without leap seconds, as PostgreSQL keeps them.
///
/// Reckoning never traps: what would lie beyond the 64 bits (292,000 years) stays at their end. Times come from outside, too.
public struct Instant: Sendable, Hashable, Comparable {
  public var microseconds: Int64

  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  public init(seconds: Int64) {
    microseconds = seconds.multipliedClamping(by: 1_000_000)
  }

  public static let epoch = Instant(microseconds: 0)
  /// Before everything that the platform will ever hold (the year 4714 before Christ, PostgreSQL's first day).
  public static let distantPast = Instant(microseconds: -210_866_803_200_000_000)
  /// After everything that the platform will ever hold (the year 9999).
  public static let distantFuture = Instant(microseconds: 253_402_300_799_000_000)

  /// Whole seconds, rounded towards the past.
  public var seconds: Int64 { microseconds.flooredQuotient(by: 1_000_000) }

  public static func < (left: Instant, right: Instant) -> Bool { left.microseconds < right.microseconds }

  public static func + (left: Instant, right: Duration) -> Instant {
    Instant(microseconds: left.microseconds.addedClamping(right.wholeMicroseconds))
  }

  public static func - (left: Instant, right: Duration) -> Instant {
    Instant(microseconds: left.microseconds.subtractedClamping(right.wholeMicroseconds))
  }

  public static func - (left: Instant, right: Instant) -> Duration {
    .microseconds(left.microseconds.subtractedClamping(right.microseconds))
  }

  public static func += (left: inout Instant, right: Duration) { left = left + right }
  public static func -= (left: inout Instant, right: Duration) { left = left - right }
}

extension Instant: CustomStringConvertible {
  /// ISO 8601 in UTC, for instance `2017-12-01T08:05:00Z`; the fraction only where there is one.
  public var description: String {
    let local = LocalDateTime(secondsSinceEpoch: seconds, microsecond: Int32(microseconds.flooredRemainder(by: 1_000_000)))
    return "\(local)Z"
  }
}

extension Duration {
  /// Microseconds, the rest of them cut off; at most what an Int64 holds.
  public var wholeMicroseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds.multipliedClamping(by: 1_000_000).addedClamping(attoseconds / 1_000_000_000_000)
  }
}

extension Int64 {
  func addedClamping(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  func subtractedClamping(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }

  func multipliedClamping(by factor: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? ((self < 0) == (factor < 0) ? .max : .min) : product
  }
}

extension FixedWidthInteger {
  /// Division that rounds towards minus infinity, as calendars need it before 1970.
  func flooredQuotient(by divisor: Self) -> Self {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }

  func flooredRemainder(by divisor: Self) -> Self {
    let remainder = self % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }
}
