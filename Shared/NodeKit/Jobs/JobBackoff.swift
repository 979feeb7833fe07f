// How long a failed job pauses: a value that decides.

/// The pause doubles from failure to failure up to a cap, and starts small again once the job has kept going for a while.
public struct JobBackoff: Sendable, Hashable {
  /// First pause. Default 100 ms.
  public var initial: Duration
  /// Longest pause. Default 30 s.
  public var cap: Duration
  /// A run of at least this length wipes out earlier failures. Default 60 s.
  public var healthyRun: Duration
  public private(set) var failures = 0

  public init(initial: Duration = .milliseconds(100), cap: Duration = .seconds(30), healthyRun: Duration = .seconds(60)) {
    self.initial = initial
    self.cap = cap
    self.healthyRun = healthyRun
  }

  /// The pause after a run that failed: between 75 % and 100 % of the step, so that jobs of several processes spread.
  public mutating func failed(after run: Duration, random: inout some RandomNumberGenerator) -> Duration {
    if run >= healthyRun { failures = 0 }
    let step = min(cap, initial * (1 << min(failures, 30)))
    failures += 1
    return step * Double.random(in: 0.75...1, using: &random)
  }
}
