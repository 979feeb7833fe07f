/// When a crashed process is started again: at once the first time, then with doubling waits up to a limit. A process that has
/// run long enough is trusted again.
public struct RestartPolicy: Sendable, Hashable {
  /// The first wait that is not zero.
  public static let firstDelay = Duration.milliseconds(200)
  /// The longest wait.
  public static let longestDelay = Duration.seconds(10)
  /// A run as long as this wipes out earlier crashes.
  public static let trustedAfter = Duration.seconds(30)
  /// Crashes before the node has ever been healthy that make `up` give up.
  public static let startAttempts = 3

  public private(set) var crashes = 0

  public init() {}

  /// It crashed after `run`. How long to wait before it is started again.
  public mutating func crashed(after run: Duration) -> Duration {
    if run >= Self.trustedAfter { crashes = 0 }
    crashes += 1
    guard crashes > 1 else { return .zero }
    return min(Self.longestDelay, Self.firstDelay * (1 << min(crashes - 2, 10)))
  }
}
