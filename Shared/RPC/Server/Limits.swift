/// What a server lets its peers do. Everything that a peer can make grow has a limit here.
public struct Limits: Sendable, Hashable {
  /// Largest message received, in bytes. Default 4 MiB. Beyond it: RESOURCE_EXHAUSTED.
  public var maxMessageBytes = 4 << 20
  /// All header fields of a call, counted as HTTP/2 does (name + value + 32 each). Default 16 KiB. Beyond it: RESOURCE_EXHAUSTED.
  public var maxHeaderBytes = 16 << 10
  /// Calls at a time on one connection, handlers included that go on although their call was cancelled. Default 1,000. Beyond it:
  /// REFUSED_STREAM, which clients retry.
  public var maxConcurrentStreams = 1_000
  /// Connections of the whole server. Default 10,000. Beyond it they are closed at once.
  public var maxConnections = 10_000
  /// HTTP/2 window of one call, in bytes: what a caller may send ahead of the reader. Default 256 KiB.
  public var streamWindowBytes = 256 << 10
  /// HTTP/2 window of a connection, in bytes. Default 4 MiB.
  public var connectionWindowBytes = 4 << 20
  /// Memory of a connection's messages that are not complete or that no handler has read, in bytes. Default 32 MiB. The call that goes
  /// beyond it: RESOURCE_EXHAUSTED. Nobody is made to wait for room, because those who hold it may be waiting for him.
  public var connectionUnreadBytes = 32 << 20
  /// The same, of all connections that one reactor accepted. Default 256 MiB.
  public var reactorUnreadBytes = 256 << 20
  /// Bytes of a call's responses that may wait for the network before `send` suspends. Default 256 KiB.
  public var outboundQueueBytes = 256 << 10
  /// Bytes of all answers of a connection that may wait for the network before it gets no further calls. Default 32 MiB. Beyond it:
  /// REFUSED_STREAM, which clients retry.
  public var connectionOutboundBytes = 32 << 20
  /// Encoded bytes of a connection that may wait for its socket before no more are encoded. Default 256 KiB.
  public var socketBacklogBytes = 256 << 10
  /// Calls that a peer may cancel at once on one connection, and how many more each second. Default 10,000 and 1,000. Beyond it:
  /// GOAWAY, no new calls, and the connection ends with its last one (rapid reset, CVE-2023-44487). What each cancelled call costs is
  /// bounded by `maxConcurrentStreams`.
  public var resetBurst = 10_000
  public var resetsPerSecond = 1_000
  /// CONTINUATION frames after one HEADERS. Default 8.
  public var maxContinuations = 8
  /// SETTINGS and PING answers that may wait to be sent. Default 1,000.
  public var maxOutboundAcknowledgements = 1_000
  /// Entries in one SETTINGS frame. Default 32.
  public var maxSettingsEntries = 32
  /// From accept to a finished TLS handshake and the first SETTINGS. Default 10 s.
  public var handshakeTimeout: Duration = .seconds(10)
  /// A connection on which nothing arrived for so long is asked by PING. Default 60 s.
  public var keepaliveInterval: Duration = .seconds(60)
  /// It is closed when nothing arrives for so long after the PING. Default 20 s.
  public var keepaliveTimeout: Duration = .seconds(20)

  public init() {}
}
