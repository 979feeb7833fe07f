/// Sees every call of a server at its start and its end: metrics, logs, throttling. Both run on the call's reactor, so they are short
/// and never wait.
public protocol ServerInterceptor: Sendable {
  /// Before the body is read and after the access rule agreed. Throw to refuse the call.
  func begin(_ call: CallContext) throws(RPCError)
  /// The call has ended, however it did. Also called for calls that were refused, by whomever.
  func end(_ call: CallContext, status: StatusCode, elapsed: Duration)
}

extension ServerInterceptor {
  public func begin(_ call: CallContext) throws(RPCError) {}
  public func end(_ call: CallContext, status: StatusCode, elapsed: Duration) {}
}
