internal import ConsoleDomain
internal import Reactor
internal import Synchronization

/// How often strangers may ask, by their address or its group (NodeKit.AddressGroup).
final class VisitorLimits: Sendable {
  /// A citizen fills in a form, then looks after it; a family or an office shares an address.
  private let visitors = Mutex(RateLimiter(burst: 60, perSecond: 2))
  /// Beside dispatch's own throttling by name and address.
  private let signIns = Mutex(RateLimiter(burst: 20, perSecond: 0.5))
  private let streams = Mutex<[String: Int]>([:])
  private let now: @Sendable () -> MonotonicTime

  init(now: @escaping @Sendable () -> MonotonicTime) { self.now = now }

  /// - Throws: 429.
  func admit(_ address: String, to rate: EndpointDescription.RateClass) throws(Problem) {
    let now = Int64(now().nanoseconds / 1_000)
    let wait: Int?
    switch rate {
    case .none: wait = nil
    case .visitor: wait = visitors.withLock { $0.take(address, atMicroseconds: now) }
    case .signIn: wait = signIns.withLock { $0.take(address, atMicroseconds: now) }
    }
    if let wait { throw .tooMany(retryAfterSeconds: wait) }
  }

  /// A place among the readers of event streams.
  /// - Throws: 429 when this holder has as many as it may, 503 when all are taken.
  func takeStream(_ holder: String) throws(Problem) {
    try streams.withLock { streams throws(Problem) in
      guard streams[holder, default: 0] < Limits.streamsPerReader else { throw .tooManyStreams(limit: Limits.streamsPerReader) }
      guard streams.values.reduce(0, +) < Limits.streams else { throw .streamsTaken }
      streams[holder, default: 0] += 1
    }
  }

  func leaveStream(_ holder: String) {
    streams.withLock { streams in
      let left = (streams[holder] ?? 1) - 1
      streams[holder] = left > 0 ? left : nil
    }
  }
}
