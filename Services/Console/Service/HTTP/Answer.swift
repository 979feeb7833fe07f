package import ConsoleDomain

/// What goes back to the browser.
package struct Answer: Sendable {
  package enum Body: Sendable {
    case none
    case bytes([UInt8], type: String)
    /// Made while it is sent, however long it is.
    case chunks(ChunkFeed, type: String)
    case events(EventFeed)
  }

  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: Body
  /// Large, and the same for everybody or for as long as nobody else can make the browser ask: compression gives nothing away.
  var mayBeCompressed = false

  package init(status: Int = 200, headers: [(name: String, value: String)] = [], _ body: Body = .none) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  static func json(_ value: JSON, status: Int = 200) -> Answer {
    Answer(status: status, headers: [("Cache-Control", "no-store")], .bytes(value.rendered(), type: "application/json; charset=utf-8"))
  }

  static let nothing = Answer(status: 204, headers: [("Cache-Control", "no-store")])

  /// A table to keep as a file.
  static func csv(_ table: ChunkFeed, name: String) -> Answer {
    Answer(
      headers: [("Cache-Control", "no-store"), ("Content-Disposition", "attachment; filename=\"\(name).csv\"")],
      .chunks(table, type: "text/csv; charset=utf-8"))
  }

  package static func problem(_ problem: Problem) -> Answer {
    var answer = json(problem.json, status: problem.status)
    if let seconds = problem.retryAfterSeconds { answer.headers.append(("Retry-After", String(seconds))) }
    return answer
  }
}

/// An answer's parts, each asked for when the one before it has been sent.
package struct ChunkFeed: Sendable {
  /// Nil at the end. When it throws, the connection is closed before its end, so that nobody takes a part for the whole.
  package let next: @Sendable () async throws -> [UInt8]?

  init(_ next: @escaping @Sendable () async throws -> [UInt8]?) { self.next = next }
}

/// Events for one browser: rendered, in order, until the stream ends.
package struct EventFeed: Sendable {
  package let events: AsyncStream<[UInt8]>
  /// Told how to close the connection, when the browser doesn't read and its backlog is full.
  let onOverflow: @Sendable (@escaping @Sendable () -> Void) -> Void
  /// The browser has gone.
  let end: @Sendable () -> Void

  init(
    _ events: AsyncStream<[UInt8]>, onOverflow: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void,
    end: @escaping @Sendable () -> Void
  ) {
    self.events = events
    self.onOverflow = onOverflow
    self.end = end
  }
}
