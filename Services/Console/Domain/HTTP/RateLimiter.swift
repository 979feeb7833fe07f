/// Token buckets (令牌桶), one a caller: a burst at once, then a steady rate. A value machine: the owner locks it and tells it the time.
public struct RateLimiter: Sendable {
  /// Tokens that a caller has after a rest.
  public let burst: Double
  /// Tokens that come back, per second.
  public let perSecond: Double
  /// Most callers that are remembered. Beyond it, those who have rested longest are forgotten; somebody new then starts with a full bucket.
  public let callerLimit: Int

  private struct Bucket {
    var tokens: Double
    var atMicroseconds: Int64
  }

  private var buckets: [String: Bucket] = [:]

  public init(burst: Double, perSecond: Double, callerLimit: Int = 20_000) {
    self.burst = burst
    self.perSecond = perSecond
    self.callerLimit = callerLimit
  }

  public var callerCount: Int { buckets.count }

  /// Takes a token. Nil when there was one; otherwise the whole seconds after which there will be.
  public mutating func take(_ caller: String, atMicroseconds now: Int64) -> Int? {
    if buckets.count >= callerLimit, buckets[caller] == nil { forgetRested(now) }
    var bucket = buckets[caller] ?? Bucket(tokens: burst, atMicroseconds: now)
    bucket.tokens = tokens(of: bucket, now)
    bucket.atMicroseconds = max(now, bucket.atMicroseconds)
    defer { buckets[caller] = bucket }
    guard bucket.tokens < 1 else {
      bucket.tokens -= 1
      return nil
    }
    return max(1, Int(((1 - bucket.tokens) / perSecond).rounded(.up)))
  }

  private func tokens(of bucket: Bucket, _ now: Int64) -> Double {
    min(burst, bucket.tokens + Double(max(0, now - bucket.atMicroseconds)) / 1_000_000 * perSecond)
  }

  /// Full buckets say nothing; when that is not enough, the fullest half goes.
  private mutating func forgetRested(_ now: Int64) {
    buckets = buckets.filter { tokens(of: $0.value, now) < burst }
    guard buckets.count >= callerLimit else { return }
    let ordered = buckets.sorted { tokens(of: $0.value, now) > tokens(of: $1.value, now) }
    for (caller, _) in ordered.prefix(callerLimit / 2) { buckets[caller] = nil }
  }
}
