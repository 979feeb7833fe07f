internal import CityModel
internal import CommonAPI
internal import Events
internal import IntakeAPI
internal import IntakeDomain
internal import Wire

// Domain values as the contract's messages. Used for facts, for stored answers and by the RPC layer.

extension IntakeDomain.Channel {
  var wire: IntakeAPI.Channel { IntakeAPI.Channel(rawValue: Int32(rawValue)) }
}

extension IntakeDomain.ReportState {
  var wire: IntakeAPI.ReportState { IntakeAPI.ReportState(rawValue: Int32(rawValue)) }
}

extension IntakeDomain.FilingStandard {
  var wire: IntakeAPI.FilingStandard {
    IntakeAPI.FilingStandard(
      id: id, version: version, kind: kind, condition: condition, limit: limit, unit: IntakeAPI.LimitUnit(rawValue: unit?.rawValue ?? 0),
      closingCondition: closingCondition, urgent: urgent, checkRequired: checkRequired)
  }
}

extension FilingAnswer {
  /// What a repetition of the command gets: the answer without what can be computed anew (token, position).
  var stored: [UInt8] {
    SubmitReportResponse(
      reportId: reportID.bytes, state: state.wire, caseId: caseID?.bytes ?? [], caseNumber: caseNumber, message: words.chinese,
      duplicateOf: duplicateOf?.bytes ?? [], messageEn: words.english
    ).encoded()
  }

  /// - Throws: `WireError`, `StoredAnswerError`.
  init(stored bytes: [UInt8]) throws {
    let response = try SubmitReportResponse(decoding: bytes)
    guard let reportID = Identifier(bytes: response.reportId), let number = Int16(exactly: response.state.rawValue),
      let state = IntakeDomain.ReportState(rawValue: number)
    else { throw StoredAnswerError() }
    self.init(
      reportID: reportID, state: state, caseID: Identifier(bytes: response.caseId), caseNumber: response.caseNumber,
      words: Words(response.message, response.messageEn), duplicateOf: Identifier(bytes: response.duplicateOf))
  }
}

extension EventPosition {
  /// What a repetition of a command on a report gets.
  var stored: [UInt8] { wire.encoded() }

  /// - Throws: `WireError`.
  init(stored bytes: [UInt8]) throws { self.init(try Position(decoding: bytes)) }
}

/// The table of commands holds an answer that this program did not write.
struct StoredAnswerError: Error {}
