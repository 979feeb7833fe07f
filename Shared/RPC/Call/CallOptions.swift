/// How a client makes a call.
public struct CallOptions: Sendable {
  /// The call's time from start to status; it travels to the server. nil waits for ever (subscriptions). Default 30 s.
  public var timeout: Duration?
  public var metadata: Metadata
  /// While there is no connection: wait for one until the deadline (true, the default), or fail as UNAVAILABLE at once.
  public var waitForReady: Bool
  /// Whether to repeat a call that failed as UNAVAILABLE. Only for calls that may be executed twice. Default: no.
  public var retry: RetryPolicy?

  public init(
    timeout: Duration? = .seconds(30), metadata: Metadata = Metadata(), waitForReady: Bool = true, retry: RetryPolicy? = nil
  ) {
    self.timeout = timeout
    self.metadata = metadata
    self.waitForReady = waitForReady
    self.retry = retry
  }
}

/// When to repeat a call that failed as UNAVAILABLE, within its deadline. Unary and server-streaming calls only, and the latter
/// only until their first message.
public struct RetryPolicy: Sendable, Hashable {
  /// Attempts in all, the first included: 1 to 10. Default 4.
  public var maxAttempts: Int
  /// Wait before the second attempt, on average. Default 100 ms.
  public var initialBackoff: Duration
  /// Longest wait between attempts, on average. Default 2 s.
  public var maxBackoff: Duration
  /// Growth of the wait from attempt to attempt. Default 2.
  public var multiplier: Double

  public init(
    maxAttempts: Int = 4, initialBackoff: Duration = .milliseconds(100), maxBackoff: Duration = .seconds(2), multiplier: Double = 2
  ) {
    self.maxAttempts = min(10, max(1, maxAttempts))
    self.initialBackoff = initialBackoff
    self.maxBackoff = maxBackoff
    self.multiplier = multiplier
  }
}
