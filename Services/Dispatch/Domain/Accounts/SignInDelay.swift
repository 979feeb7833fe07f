public import CityModel

/// How failed sign-ins slow down further ones: by the name that was tried, and by the address that tried. The first few cost nothing, then
/// the wait doubles. Nobody is locked out for good, so that nobody can lock another one out for good.
public struct SignInDelay: Sendable, Hashable {
  /// Failures that cost nothing.
  public let free: Int
  /// The longest wait.
  public let longest: Duration

  /// 5 free, then 1, 2, 4 … seconds, at most 5 minutes.
  public static let ofName = SignInDelay(free: 5, longest: .seconds(300))
  /// 20 free (an office may share an address), at most 15 minutes.
  public static let ofAddress = SignInDelay(free: 20, longest: .seconds(900))
  /// After so long without a failure all is forgotten: 1 hour.
  public static let memory: Duration = .seconds(3_600)

  /// The wait after so many failures.
  public func wait(after failures: Int) -> Duration {
    guard failures > free else { return .zero }
    return min(longest, .seconds(1 << min(failures - free - 1, 20)))
  }
}

/// What is remembered of failed attempts under one name or from one address.
public struct Attempts: Sendable, Hashable {
  public var failures: Int
  public var lastAt: Instant
  /// Nothing is tried before this.
  public var blockedUntil: Instant

  public init(failures: Int, lastAt: Instant, blockedUntil: Instant) {
    self.failures = failures
    self.lastAt = lastAt
    self.blockedUntil = blockedUntil
  }

  public static func none(at now: Instant) -> Attempts { Attempts(failures: 0, lastAt: now, blockedUntil: now) }

  /// Counted as failed before it is tried, so that attempts at the same time don't pass together; `succeeded` takes it back.
  /// - Throws: `AccountRefusal.throttled` while one has to wait.
  public func trying(_ delay: SignInDelay, at now: Instant) throws(AccountRefusal) -> Attempts {
    if now < blockedUntil { throw .throttled(seconds: max(1, Int64((blockedUntil - now + .milliseconds(999)).components.seconds))) }
    let failures = now - lastAt > SignInDelay.memory ? 1 : self.failures + 1
    return Attempts(failures: failures, lastAt: now, blockedUntil: now + delay.wait(after: failures))
  }

  /// The last attempt was none: not counted. What others failed with stays counted.
  public func succeeded(at now: Instant) -> Attempts { Attempts(failures: max(0, failures - 1), lastAt: lastAt, blockedUntil: now) }
}
