// What every service answers when it is not its own refusal that went wrong.
internal import Events
internal import Postgres
public import RPC

/// Runs the body of a handler. A key that was used for another request becomes ALREADY_EXISTS, a database that is away UNAVAILABLE (the
/// caller
/// may try again); everything else goes on as it is.
public func answering<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
  do {
    return try await body()
  } catch let conflict as CommandConflict {
    throw conflict.rpcError
  } catch let error as PostgresError where error.isTransient {
    throw RPCError(.unavailable, "数据库暂时不可用，请稍后再试。The database is not available; try again in a moment.")
  }
}

extension RPCError {
  /// A refusal: the sentence for people, and the stable code for programs in the metadata.
  public init(_ status: StatusCode, refusal code: String, sentence: String) {
    var metadata = Metadata()
    metadata.append("refusal-code", code)
    self.init(code: status, message: sentence, metadata: metadata)
  }
}
