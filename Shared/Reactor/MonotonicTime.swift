internal import Glibc

/// A point on CLOCK_MONOTONIC: for time-outs and durations, never for facts.
public struct MonotonicTime: Comparable, Hashable, Sendable {
  public let nanoseconds: UInt64

  public init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  public static func now() -> MonotonicTime {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return MonotonicTime(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
  }

  public static let distantFuture = MonotonicTime(nanoseconds: .max)

  public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }

  /// Later by `duration` (earlier when it is negative), without overflow.
  public func advanced(by duration: Duration) -> MonotonicTime {
    let step = duration.wholeNanoseconds
    if step >= 0 {
      let (sum, overflow) = nanoseconds.addingReportingOverflow(UInt64(step))
      return overflow ? .distantFuture : MonotonicTime(nanoseconds: sum)
    }
    return MonotonicTime(nanoseconds: nanoseconds - min(nanoseconds, step.magnitude))
  }

  /// From this point to `other`; negative when `other` is earlier.
  public func duration(to other: MonotonicTime) -> Duration {
    other >= self
      ? .nanoseconds(Int64(clamping: other.nanoseconds - nanoseconds))
      : .zero - .nanoseconds(Int64(clamping: nanoseconds - other.nanoseconds))
  }
}

extension Duration {
  /// In nanoseconds, rounded down, clamped to what an Int64 holds (292 years).
  public var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, carried) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
    return carried ? (seconds < 0 ? .min : .max) : sum
  }

  /// In seconds.
  public var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
