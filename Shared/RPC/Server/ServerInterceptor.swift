/// Sees every call of a server at its start and its end: metrics, logs, throttling. Both run on the call's reactor, so they are short
/// and never wait.
public protocol ServerInterceptor: Sendable {
  /// Before the body is read and after the access rule agreed. Throw to refuse the call.
  func begin(_ call: CallContext) throws(RPCError)
  /// The call has ended, however it did: once for each `begin`, also for one that threw.
  func end(_ call: CallContext, status: StatusCode, elapsed: Duration)
  /// The call was over before this interceptor saw it begin: no such method, the access rule, an interceptor in front of it, a caller
  /// that left at once. Neither `begin` nor `end` is called for it.
  func refused(_ call: CallContext, status: StatusCode)
}

extension ServerInterceptor {
  public func begin(_ call: CallContext) throws(RPCError) {}
  public func end(_ call: CallContext, status: StatusCode, elapsed: Duration) {}
  public func refused(_ call: CallContext, status: StatusCode) {}
}
