internal import ConsoleDomain

/// A request as the HTTP server hands it over: what this program reads of it.
package struct IncomingRequest: Sendable {
  /// Capital letters.
  package var method: String
  /// Without the query, still escaped.
  package var path: String
  package var query = ""
  /// Names in small letters; lines of the same name are one.
  package var headers: [String: String] = [:]
  /// Of the other end of the connection.
  package var address = ""
  /// Nil when it was larger than `Limits.bodyBytes`.
  package var body: [UInt8]? = []

  package init(_ method: String, _ path: String) {
    self.method = method
    self.path = path
  }

  /// A line of the head. Lines of the same name are one list (RFC 9110, section 5.3), in their order: what a proxy of ours writes into a
  /// line of its own stands behind what the visitor claims.
  package mutating func add(_ name: String, _ value: String) {
    headers[name] = headers[name].map { "\($0)\(name == "cookie" ? "; " : ", ")\(value)" } ?? value
  }
}

/// What a browser may send, and how long it may wait.
enum Limits {
  /// Largest body of a request: 1 MiB.
  static let bodyBytes = 1 << 20
  /// Answers from this size on are compressed where that was said to help: 8 KiB.
  static let compressFrom = 8 << 10
  /// How long a report's answer waits for the services that tell its reporter and have its case to have heard of it.
  static let arrivalPatience = Duration.seconds(2)
  /// Longest path in bytes.
  static let pathBytes = 1_024
  /// How long an RPC may take before the panel says that its service is away.
  static let callTimeout = Duration.seconds(10)
  /// Scrypt, and waiting for a place in its queue.
  static let signInTimeout = Duration.seconds(20)
  /// Readers of `/api/live` and of citizens' streams, together.
  static let streams = 2_000
  static let streamsPerReader = 8
  /// Events that a slow browser may be behind before its connection is closed.
  static let streamBacklog = 512
}
