internal import CityModel
internal import LifelineDomain
internal import NodeKit
internal import RPC

extension LifelineRefusal {
  /// The only place where a refusal becomes a gRPC status: the sentence in both languages, the stable code in the metadata.
  var status: RPCError {
    RPCError(statusCode, refusal: code, sentence: "\(words.chinese)。 \(words.english).")
  }

  private var statusCode: StatusCode {
    switch self {
    case .invalid, .rule, .tooMany: .invalidArgument
    case .unknownSensor, .unknownAlarm: .notFound
    case .otherDistrict: .permissionDenied
    case .unknownAsset, .alarmClosed, .alreadyAcknowledged: .failedPrecondition
    }
  }
}

/// Refusals become the statuses that they stand for, beside what every service answers.
func answering<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
  do {
    return try await NodeKit.answering(body)
  } catch let refusal as LifelineRefusal {
    throw refusal.status
  }
}
