internal import RPC
internal import Reactor

/// Repeats calls that may be executed twice while a service is away: killed, restarted, or waiting for its database.
struct Patience: Sendable {
  /// How long a service may be away before a replay gives up. Default 3 minutes.
  var limit = Duration.seconds(180)
  /// Attempts when a service answers with an error of its own, which a restart may or may not heal.
  static let internalErrorAttempts = 8
  static let firstDelay = Duration.milliseconds(50)
  static let longestDelay = Duration.seconds(1)

  func repeating<Success>(_ what: String, _ body: () async throws -> Success) async throws -> Success {
    let deadline = MonotonicTime.now().advanced(by: limit)
    var delay = Self.firstDelay
    var internalErrors = 0
    while true {
      do {
        return try await body()
      } catch let error as RPCError {
        if Self.isServersOwn(error.code) { internalErrors += 1 }
        guard Self.isPassing(error.code) || (Self.isServersOwn(error.code) && internalErrors < Self.internalErrorAttempts),
          MonotonicTime.now() < deadline
        else { throw RPCError(error.code, "\(what): \(error.message)") }
        try await Reactor.sleep(for: delay)
        delay = min(delay * 2, Self.longestDelay)
      }
    }
  }

  /// The call found nobody, or was cut off: the same call may succeed later.
  static func isPassing(_ code: StatusCode) -> Bool {
    switch code {
    case .unavailable, .deadlineExceeded, .aborted, .resourceExhausted, .cancelled: true
    default: false
    }
  }

  private static func isServersOwn(_ code: StatusCode) -> Bool { code == .internal || code == .unknown }
}
