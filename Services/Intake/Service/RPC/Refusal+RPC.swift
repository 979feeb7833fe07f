internal import CityModel
internal import Events
internal import IntakeDomain
internal import RPC

extension Refusal {
  /// `code: Chinese sentence English sentence`
  var rpcError: RPCError {
    let status: StatusCode =
      switch category {
      case .invalid: .invalidArgument
      case .denied: .permissionDenied
      case .exists: .alreadyExists
      case .notFound: .notFound
      case .notNow: .failedPrecondition
      }
    return RPCError(status, "\(code): \(words.chinese) \(words.english)")
  }
}

extension RPCError {
  /// - Parameter report: Takes what the caller must not see: the error, and the incident's id that the caller is given.
  init(_ error: any Error, report: (any Error, Identifier) -> Void) {
    switch error {
    case let error as RPCError: self = error
    case let refusal as Refusal: self = refusal.rpcError
    case let conflict as CommandConflict: self = Refusal.keyReused(conflict.key).rpcError
    case is FilingOverload:
      self.init(.resourceExhausted, "intake.overloaded: 上报过多，请稍后再试。 Too many reports at once; try again in a moment.")
    case is CancellationError: self.init(.cancelled, "The call was cancelled.")
    default:
      let incident = Identifier.v7(at: .epoch)
      report(error, incident)
      self.init(
        error.isPassing ? .unavailable : .internal,
        error.isPassing
          ? "intake.database_unavailable: 数据库暂时不可用，请稍后再试。 The database is not available; try again in a moment. (\(incident))"
          : "intake.internal: 内部错误。 Internal error. (\(incident))")
    }
  }
}
