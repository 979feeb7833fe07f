/// Whose turn it is on a connection, and what is waited for: decides when `RequestClock` runs. Requests may be sent before the answers to
/// those in front of them have gone.
struct ConnectionTurn: Sendable, Hashable {
  /// What the other end is waited for.
  enum Wait: Sendable, Hashable {
    /// A request's head.
    case head
    /// The rest of the request.
    case body
    /// That it takes what was sent.
    case drain
  }

  /// What has happened on the connection.
  enum Event: Sendable, Hashable {
    case requestBegan, requestEnded
    /// The end of an answer was handed over; its last byte has gone.
    case answerEnded, answerSent
    /// Whether more bytes wait to be sent than should.
    case writability(Bool)
  }

  enum Action: Sendable, Hashable {
    /// The clock goes on as it did.
    case none
    /// From now on.
    case wait(Wait)
    /// It is our turn: nobody is hurried.
    case rest
  }

  /// Nil while it is our turn.
  private(set) var wait: Wait? = .head
  /// Requests that have begun, and answers that have not ended.
  private var unanswered = 0
  /// Answers that have ended, and not gone altogether.
  private var unsent = 0
  private var isInRequest = false
  private var isWritable = true

  mutating func heard(_ event: Event) -> Action {
    var isProgress = false
    switch event {
    case .requestBegan:
      unanswered += 1
      isInRequest = true
    case .requestEnded: isInRequest = false
    case .answerEnded:
      // What cannot be read as a request is answered without one.
      unanswered = max(0, unanswered - 1)
      unsent += 1
    case .answerSent: unsent -= 1
    case .writability(let now):
      isProgress = now && !isWritable
      isWritable = now
    }
    let next = self.next
    guard next != wait || (isProgress && next == .drain) else { return .none }
    wait = next
    return next.map(Action.wait) ?? .rest
  }

  private var next: Wait? {
    // Of a request that was answered before its end, the clock runs for the next head already.
    if unanswered == 0, unsent == 0 { return .head }
    if unsent > 0 || !isWritable { return .drain }
    return isInRequest && unanswered == 1 ? .body : nil
  }
}
