internal import Logging
import Reactor
internal import Synchronization

/// Tells who follows a channel that something was committed: callers in this process at once, other processes by NOTIFY on a connection
/// that does nothing else. Channels belong to the schema; PostgreSQL knows them as `schema.channel`.
///
/// `@unchecked Sendable`: everything mutable is touched on `reactor` only.
final class Announcer: ConnectionOwner, @unchecked Sendable {
  /// Commits within this time of the last NOTIFY are told by the next one: 5 ms.
  private static let pace = Duration.milliseconds(5)
  private static let firstPause = Duration.milliseconds(50)
  private static let longestPause = Duration.seconds(5)

  private let configuration: DatabaseConfiguration
  private let reactor: Reactor
  private let logger: Logger
  private var connection: Connection?
  private var schema: String?
  private var listeners: [String: [Int: AsyncStream<Void>.Continuation]] = [:]
  private var lastListener = 0
  private var untold: Set<String> = []
  private var resting = false
  private var pause = firstPause
  /// After a loss nothing is opened until the pause is over.
  private var pausing = false
  private var closed = false

  init(configuration: DatabaseConfiguration, reactor: Reactor, logger: Logger) {
    self.configuration = configuration
    self.reactor = reactor
    self.logger = logger
  }

  // MARK: From any thread

  func notifications(_ channel: String) -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    reactor.execute { self.add(channel, continuation) }
    return stream
  }

  func announce(_ channel: String, from current: Reactor) {
    if current === reactor { commit(channel) } else { reactor.execute { self.commit(channel) } }
  }

  func close() async {
    await withCheckedContinuation { continuation in
      reactor.execute {
        self.closed = true
        self.connection?.close()
        self.connection = nil
        for listener in self.listeners.values.flatMap(\.values) { listener.finish() }
        self.listeners = [:]
        continuation.resume()
      }
    }
  }

  // MARK: Listeners

  private func add(_ channel: String, _ continuation: AsyncStream<Void>.Continuation) {
    guard !closed else { return continuation.finish() }
    lastListener += 1
    let id = lastListener
    let isNew = listeners[channel] == nil
    listeners[channel, default: [:]][id] = continuation
    continuation.onTermination = { [weak self] _ in
      guard let self else { return }
      self.reactor.execute { self.remove(channel, id) }
    }
    if isNew, schema != nil { listen([channel]) } else { continuation.yield() }
    connect()
  }

  private func remove(_ channel: String, _ id: Int) {
    listeners[channel]?[id] = nil
    guard listeners[channel]?.isEmpty == true else { return }
    listeners[channel] = nil
    if let schema { errand(["UNLISTEN \(identifier: "\(schema).\(channel)")"]) }
  }

  private func wake(_ channel: String) {
    for listener in (listeners[channel] ?? [:]).values { listener.yield() }
  }

  // MARK: Telling

  private func commit(_ channel: String) {
    guard !closed else { return }
    wake(channel)
    untold.insert(channel)
    connect()
    tell()
  }

  private func tell() {
    guard let schema, !resting, !untold.isEmpty else { return }
    let channels = untold
    untold = []
    resting = true
    reactor.schedule(after: Self.pace) { [weak self] in
      self?.resting = false
      self?.tell()
    }
    errand(channels.map { "SELECT pg_notify(\("\(schema).\($0)"), '')" })
  }

  // MARK: The connection

  private func connect() {
    guard connection == nil, !pausing, !closed else { return }
    connection = Connection(slot: 0, purpose: .listening, reactor: reactor, configuration: configuration, owner: self)
    connection?.open()
  }

  private func errand(_ statements: [SQL], then: @escaping ([Rows]) -> Void = { _ in }) {
    let logger = self.logger
    connection?.send(
      Batch(
        statements: statements,
        completion: .handler { result in
          switch result {
          case .success(let rows): then(rows)
          case .failure(let error): logger.warning("the listening connection failed", metadata: ["error": "\(error)"])
          }
        }))
  }

  private func listen(_ channels: [String]) {
    guard let schema else { return }
    errand(channels.map { "LISTEN \(identifier: "\(schema).\($0)")" }) { [weak self] _ in
      for channel in channels { self?.wake(channel) }
    }
  }

  func connectionOpened(_ connection: Connection) {
    pause = Self.firstPause
    errand(["SELECT current_schema()"]) { [weak self] rows in
      guard let self, let schema = try? rows[0][0][0, String.self] else { return }
      self.schema = schema
      self.listen(Array(self.listeners.keys))
      self.tell()
    }
  }

  func connectionProgressed(_ connection: Connection) {}

  func connectionLost(_ lost: Connection, _ error: PostgresError, wasOpen: Bool) {
    logger.warning("the listening connection is lost", metadata: ["error": "\(error)", "opened": "\(wasOpen)"])
    connection = nil
    schema = nil
    pausing = true
    reactor.schedule(after: pause) { [weak self] in
      self?.pausing = false
      self?.connect()
    }
    pause = min(Self.longestPause, pause * 2)
  }

  func connection(_ connection: Connection, received notification: String, ownNotification: Bool) {
    guard !ownNotification, let schema, notification.hasPrefix(schema + ".") else { return }
    wake(String(notification.dropFirst(schema.utf8.count + 1)))
  }
}
