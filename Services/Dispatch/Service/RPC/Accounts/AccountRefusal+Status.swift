internal import CityModel
internal import DispatchDomain
internal import NodeKit
internal import RPC

/// Runs the body of a handler: the one mapping of refusals about accounts to statuses.
func refusing<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
  do {
    return try await NodeKit.answering(body)
  } catch let refusal as AccountRefusal {
    throw refusal.status
  }
}

extension AccountRefusal {
  var status: RPCError {
    var error = RPCError(statusCode, refusal: code, sentence: "\(words.chinese) \(words.english)")
    if case .throttled(let seconds) = self { error.metadata.append("retry-after-seconds", String(seconds)) }
    return error
  }

  private var statusCode: StatusCode {
    switch self {
    case .signInFailed, .secondFactorRequired, .secondFactorWrong, .sessionEnded: .unauthenticated
    case .throttled, .busy: .resourceExhausted
    case .passwordWeak, .unknownRole, .departmentRequired, .invalidValue, .nameFixed: .invalidArgument
    case .passwordWrong, .notYours: .permissionDenied
    case .unknownUser, .unknownDepartment, .unknownCrew: .notFound
    case .nameTaken: .alreadyExists
    case .lastAdministrator, .noSecondFactorBegun: .failedPrecondition
    case .conflict: .aborted
    }
  }
}
