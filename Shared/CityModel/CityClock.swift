import Synchronization

/// Where a service learns what time it is: the system's clock, or one that a replay drives. Nothing else reads the time of day.
public protocol CityClock: Sendable {
  func now() -> Instant
}

/// A clock that stands still until it is told otherwise.
public final class ManualClock: CityClock {
  private let instant: Mutex<Instant>

  public init(_ start: Instant = Instant(seconds: 1_512_115_200)) {
    instant = Mutex(start)
  }

  public func now() -> Instant { instant.withLock { $0 } }

  public func set(_ new: Instant) { instant.withLock { $0 = new } }

  public func advance(by duration: Duration) { instant.withLock { $0 += duration } }
}
