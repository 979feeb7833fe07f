internal import DispatchDomain
internal import Events
internal import RPC

/// What can go wrong below the RPCs, as the status that the caller can act on. Anything else reaches him as INTERNAL, told by the server.
func answering<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
  do {
    return try await body()
  } catch let refusal as Refusal {
    throw refusal.status
  } catch let conflict as CommandConflict {
    throw Refusal.keyReused(conflict.key).status
  } catch let error where StoreFailure.isTransient(error) {
    throw RPCError(.unavailable, "数据库暂时不可用，请稍后重试。 The database cannot be reached; try again in a moment.")
  }
}
