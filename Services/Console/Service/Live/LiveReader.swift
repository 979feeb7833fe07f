internal import Synchronization

/// One browser that is told of events: its backlog is bounded, and one that does not read is let go.
final class LiveReader: Sendable {
  let feed: EventFeed
  private let continuation: AsyncStream<[UInt8]>.Continuation
  private let connection: Connection

  /// How the connection is closed: known only once the answer is being written.
  private final class Connection: Sendable {
    private let closing = Mutex<(@Sendable () -> Void)?>(nil)
    func closes(by action: @escaping @Sendable () -> Void) { closing.withLock { $0 = action } }
    func close() { closing.withLock { $0 }?() }
  }

  /// - Parameter ended: Called once, when the stream is over, whoever ended it.
  init(ended: @escaping @Sendable () -> Void) {
    let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self, bufferingPolicy: .bufferingOldest(Limits.streamBacklog))
    let connection = Connection()
    self.continuation = continuation
    self.connection = connection
    feed = EventFeed(stream, onOverflow: { connection.closes(by: $0) }, end: { continuation.finish() })
    continuation.onTermination = { _ in ended() }
  }

  /// False when nobody reads any more.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    switch continuation.yield(bytes) {
    case .enqueued: return true
    case .dropped:
      continuation.finish()
      connection.close()
      return false
    case .terminated: return false
    @unknown default: return false
    }
  }

  func end() { continuation.finish() }
}
