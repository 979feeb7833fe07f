internal import CityModel
internal import IntakeDomain
internal import NodeKit
internal import RPC

/// Runs the body of a handler: the one mapping of this service's errors to statuses.
func refusing<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
  do {
    return try await body()
  } catch {
    throw RPCError(refusing: error) ?? error
  }
}

extension RPCError {
  /// nil for what the caller must not see.
  init?(refusing error: any Error) {
    switch error {
    case let refusal as Refusal: self = refusal.rpcError
    case is FilingOverload:
      self.init(
        .resourceExhausted, refusal: "intake.overloaded", sentence: "上报过多，请稍后再试。 Too many reports at once; try again in a moment.")
    default: self.init(answering: error)
    }
  }
}

extension Refusal {
  fileprivate var rpcError: RPCError {
    let status: StatusCode =
      switch category {
      case .invalid: .invalidArgument
      case .denied: .permissionDenied
      case .exists: .alreadyExists
      case .notFound: .notFound
      case .notNow: .failedPrecondition
      }
    return RPCError(status, refusal: code, sentence: "\(words.chinese) \(words.english)")
  }
}
