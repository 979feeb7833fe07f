/// How a client's connections behave.
public struct ChannelConfiguration: Sendable, Hashable {
  public enum Balancing: Sendable, Hashable {
    /// Stay with the first address that works (default).
    case pickFirst
    /// Take the addresses that work in turn.
    case roundRobin
  }

  public var balancing = Balancing.pickFirst
  /// Largest message received, in bytes. Default 4 MiB.
  public var maxMessageBytes = 4 << 20
  /// All header fields of an answer, counted as HTTP/2 does. Default 16 KiB.
  public var maxHeaderBytes = 16 << 10
  /// HTTP/2 window of one call, in bytes. Default 256 KiB.
  public var streamWindowBytes = 256 << 10
  /// HTTP/2 window of a connection, in bytes. Default 4 MiB.
  public var connectionWindowBytes = 4 << 20
  /// Memory of a connection's answers that are not complete or not read yet, in bytes. Default 64 MiB. The call that goes beyond it:
  /// RESOURCE_EXHAUSTED.
  public var connectionUnreadBytes = 64 << 20
  /// Bytes of a call's requests that may wait for the network before `send` suspends. Default 256 KiB.
  public var outboundQueueBytes = 256 << 10
  /// Encoded bytes of a connection that may wait for its socket before no more are encoded. Default 256 KiB.
  public var socketBacklogBytes = 256 << 10
  /// Calls of one reactor that may wait for a connection. Default 10,000. Beyond it: RESOURCE_EXHAUSTED.
  public var maxWaitingCalls = 10_000
  /// TCP connect, TLS handshake and the server's first SETTINGS. Default 5 s.
  public var connectTimeout: Duration = .seconds(5)
  /// Pause after the first failed attempt to connect, on average; it doubles. Default 50 ms.
  public var initialBackoff: Duration = .milliseconds(50)
  /// Longest pause between attempts, on average. Default 5 s.
  public var maxBackoff: Duration = .seconds(5)
  /// A connection with calls on which nothing arrived for so long is asked by PING. Default 30 s.
  public var keepaliveInterval: Duration = .seconds(30)
  /// It is closed when nothing arrives for so long after the PING. Default 10 s.
  public var keepaliveTimeout: Duration = .seconds(10)

  public init() {}
}

extension ChannelConfiguration {
  /// The same in the words of connections, which are those of servers. What is not said here stays at a server's defaults.
  var limits: Limits {
    var limits = Limits()
    limits.maxMessageBytes = maxMessageBytes
    limits.maxHeaderBytes = maxHeaderBytes
    limits.streamWindowBytes = streamWindowBytes
    limits.connectionWindowBytes = connectionWindowBytes
    limits.connectionUnreadBytes = connectionUnreadBytes
    limits.outboundQueueBytes = outboundQueueBytes
    limits.socketBacklogBytes = socketBacklogBytes
    limits.keepaliveInterval = keepaliveInterval
    limits.keepaliveTimeout = keepaliveTimeout
    return limits
  }
}
