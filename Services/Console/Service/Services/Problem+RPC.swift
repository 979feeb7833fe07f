internal import ConsoleDomain
internal import RPC

extension Problem {
  /// What a service answered, as HTTP says it. The sentences are the service's own; it says them in both languages, Chinese first.
  init(_ error: RPCError) {
    let (chinese, english) = Self.languages(of: error.message)
    let code = error.metadata.first(named: "refusal-code") ?? Self.code(of: error.code)
    self.init(Self.status(of: error.code), code, chinese, english)
    switch error.code {
    case .unavailable, .deadlineExceeded:
      self.chinese = "服务暂时不可用，请稍后再试。"
      self.english = "The service is not available now; try again in a moment."
      retryAfterSeconds = 5
    case .resourceExhausted: retryAfterSeconds = error.metadata.first(named: "retry-after-seconds").flatMap { Int($0) } ?? 5
    default: break
    }
  }

  private static func status(of code: StatusCode) -> Int {
    switch code {
    case .invalidArgument, .outOfRange: 400
    case .unauthenticated: 401
    case .permissionDenied: 403
    case .notFound: 404
    case .alreadyExists, .aborted, .failedPrecondition: 409
    case .resourceExhausted: 429
    case .unimplemented: 501
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
