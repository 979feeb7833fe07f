internal import ConsoleDomain
internal import RPC

extension Problem {
  /// What a service answered, as HTTP says it. The sentences are the service's own; it says them in both languages, Chinese first.
  init(_ error: RPCError) {
    let (chinese, english) = Self.languages(of: error.message)
    let code = error.metadata.first(named: "refusal-code") ?? Self.code(of: error.code)
    self.init(Self.status(of: error.code), code, chinese, english)
    switch error.code {
    case .unimplemented:
      // The method is not there: during an update, a console that is newer than the service that it asks.
      self.chinese = "该服务的版本较旧，尚不支持此功能。"
      self.english = "The service is of an older version, which cannot do this yet."
    case .unavailable, .cancelled, .deadlineExceeded:
      self.chinese = "服务暂时不可用，请稍后再试。"
      self.english = "The service is not available now; try again in a moment."
      retryAfterSeconds = 5
    case .resourceExhausted: retryAfterSeconds = error.metadata.first(named: "retry-after-seconds").flatMap { Int($0) } ?? 5
    default: break
    }
  }

  /// As a browser has to act on it. 501 and not 404 for a method that a service does not know: the address is right, and neither the
  /// request nor the case behind it is what is missing.
  private static func status(of code: StatusCode) -> Int {
    switch code {
    case .invalidArgument, .outOfRange: 400
    case .unauthenticated: 401
    case .permissionDenied: 403
    case .notFound: 404
    // Somebody was first, or the case is not in a state for it: look again, then decide.
    case .alreadyExists, .aborted, .failedPrecondition: 409
    case .resourceExhausted: 429
    case .unimplemented: 501
    // Cancelled by the other end, which is going down; our own cancelled calls have nobody who waits for their answer.
    case .unavailable, .cancelled: 503
    case .deadlineExceeded: 504
    case .ok, .unknown, .internal, .dataLoss: 500
    }
  }

  private static func code(of code: StatusCode) -> String { code.description.lowercased() }

  /// "没有这个案卷。 There is no such case." as its two sentences; one that knows a single language serves for both.
  static func languages(of message: String) -> (chinese: String, english: String) {
    var rest = message[...]
    while let stop = rest.firstIndex(of: "。") {
      let after = message.index(after: stop)
      let tail = message[after...].drop { $0 == " " }
      if let first = tail.first, first.isASCII { return (String(message[..<after]), String(tail)) }
      rest = message[after...]
    }
    return (message, message)
  }
}
