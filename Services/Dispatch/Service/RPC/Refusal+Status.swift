internal import CityModel
internal import DispatchDomain
internal import NodeKit
internal import RPC

extension Refusal {
  /// The only place where a refusal becomes a gRPC status. The sentence is in both languages; the stable code is in the metadata.
  var status: RPCError {
    RPCError(statusCode, refusal: code, sentence: "\(words.chinese) \(words.english)")
  }

  private var statusCode: StatusCode {
    switch self {
    case .notInState, .checkRequired, .reopenLimitReached, .sameAssignment: .failedPrecondition
    case .reasonRequired, .departmentMissing, .authorityMissing, .calendarInvalid: .invalidArgument
    case .roleMayNot, .otherDepartment, .otherCrew, .otherDistrict, .notYours: .permissionDenied
    case .versionMismatch: .aborted
    case .unknownCase, .unknownDepartment, .unknownCrew: .notFound
    case .settingsVersionTaken, .keyReused: .alreadyExists
    }
  }
}
