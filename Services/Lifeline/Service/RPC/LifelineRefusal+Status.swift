internal import Events
internal import LifelineDomain
internal import RPC

extension LifelineRefusal {
  /// The only place where a refusal becomes a gRPC status: the sentence in both languages, the stable code in the metadata.
  var status: RPCError {
    var metadata = Metadata()
    metadata.append("refusal-code", code)
    return RPCError(code: statusCode, message: "\(sentenceInChinese) \(sentence).", metadata: metadata)
  }

  private var statusCode: StatusCode {
    switch self {
    case .invalid, .rule, .tooMany: .invalidArgument
    case .unknownSensor, .unknownAlarm: .notFound
    case .unknownAsset, .alarmClosed, .alreadyAcknowledged: .failedPrecondition
    }
  }
}

/// Refusals and conflicts become the statuses that they stand for; everything else goes on as it is.
func answering<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
  do {
    return try await body()
  } catch let refusal as LifelineRefusal {
    throw refusal.status
  } catch let conflict as CommandConflict {
    throw conflict.rpcError
  }
}
