// What every service answers when it is not its own refusal that went wrong.
internal import Events
internal import Postgres
public import RPC

/// Runs the body of a handler. A key that was used for another request becomes ALREADY_EXISTS, a database that is away UNAVAILABLE (the
/// caller may try again); everything else goes on as it is.
public func answering<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
  do {
    return try await body()
  } catch {
    throw RPCError(answering: error) ?? error
  }
}

extension RPCError {
  /// What every service answers to these errors; nil for the others.
  public init?(answering error: any Error) {
    switch error {
    case let error as RPCError: self = error
    case is CommandConflict:
      self.init(
        .alreadyExists, refusal: "command.key_reused",
        sentence: "幂等键已用于内容不同的请求。 The idempotency key was used before for another request.")
    case let error as PostgresError where error.isTransient:
      self.init(
        .unavailable, refusal: "service.database_unavailable",
        sentence: "数据库暂时不可用，请稍后再试。 The database is not available; try again in a moment.")
    default: return nil
    }
  }
}
