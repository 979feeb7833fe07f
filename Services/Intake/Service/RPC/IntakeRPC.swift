internal import CityModel
internal import CommonAPI
internal import Events
internal import IntakeAPI
internal import IntakeDomain
internal import Logging
internal import NodeKit
internal import RPC
internal import Wire

/// chengyun.intake.v1.Intake: messages in, commands and queries, messages out.
struct IntakeRPC: IntakeHandler {
  let commands: IntakeCommands
  let trackingTokens: TrackingTokens
  let logger: Logger

  // MARK: Reports

  func submitReport(_ request: SubmitReportRequest, _ call: CallContext) async throws -> SubmitReportResponse {
    try await answering {
      let answer = try await commands.submit(Submission(request), by: Caller(call), request: request.encoded())
      return response(answer)
    }
  }

  func submitReports(_ requests: InboundMessages<SubmitReportRequest>, _ call: CallContext) async throws -> SubmitReportsResponse {
    try await answering {
      let stream = SubmitReports(commands.submit)
      let caller = Caller(call)
      for try await request in requests {
        try await stream.take(Submission(request), by: caller, request: request.encoded())
      }
      let (accepted, failures) = await stream.finish()
      return SubmitReportsResponse(
        accepted: accepted.map(response), failed: failures.map(failure), position: accepted.compactMap(\.position).max()?.wire)
    }
  }

  func getReport(_ request: GetReportRequest, _ call: CallContext) async throws -> Report {
    try await answering { Report(try await commands.reports.get(try identifier(request.reportId))) }
  }

  func listReports(_ request: ListReportsRequest, _ call: CallContext) async throws -> ListReportsResponse {
    try await answering {
      let filter = try ReportFilter(request)
      let reports = try await commands.reports.list(filter)
      return ListReportsResponse(
        reports: reports.map(Report.init),
        nextPageToken: reports.count == filter.limit ? reports.last?.report.id.description ?? "" : "")
    }
  }

  func placeReport(_ request: PlaceReportRequest, _ call: CallContext) async throws -> Report {
    try await answering {
      let id = try identifier(request.reportId)
      try await commands.place(
        id, CityModel.Place(request.place ?? CommonAPI.Place()), by: Actor(request.actor), key: request.idempotencyKey,
        request: request.encoded())
      return Report(try await commands.reports.get(id))
    }
  }

  func unlinkReport(_ request: UnlinkReportRequest, _ call: CallContext) async throws -> Report {
    try await answering {
      let id = try identifier(request.reportId)
      try await commands.unlink(
        id, reason: request.reason, by: Actor(request.actor), key: request.idempotencyKey, request: request.encoded())
      return Report(try await commands.reports.get(id))
    }
  }

  func rejectReport(_ request: RejectReportRequest, _ call: CallContext) async throws -> Report {
    try await answering {
      let id = try identifier(request.reportId)
      try await commands.reject(
        id, reason: request.reason, by: Actor(request.actor), key: request.idempotencyKey, request: request.encoded())
      return Report(try await commands.reports.get(id))
    }
  }

  // MARK: Reference data

  func putDivisions(_ requests: InboundMessages<Division>, _ call: CallContext) async throws -> PutDivisionsResponse {
    try await answering {
      var divisions: [StoredDivision] = []
      for try await division in requests {
        guard divisions.count < PutDivisions.limit else { throw Refusal.streamTooLong(limit: PutDivisions.limit) }
        divisions.append(try StoredDivision(division))
      }
      return PutDivisionsResponse(stored: Int32(try await commands.putDivisions(divisions)))
    }
  }

  func listDivisions(_ request: ListDivisionsRequest, _ call: CallContext) async throws -> ListDivisionsResponse {
    try await answering {
      let tier = DivisionTier(rawValue: request.tier.rawValue)
      return ListDivisionsResponse(
        divisions: try await commands.reference.divisions(tier, withArea: request.withGeometry).map(Division.init))
    }
  }

  func putCodeTable(_ request: IntakeAPI.CodeTable, _ call: CallContext) async throws -> PutCodeTableResponse {
    try await answering { PutCodeTableResponse(stored: Int32(try await commands.putCodeTable(IntakeDomain.CodeTable(request)))) }
  }

  func getCodeTable(_ request: GetCodeTableRequest, _ call: CallContext) async throws -> IntakeAPI.CodeTable {
    try await answering {
      IntakeAPI.CodeTable(try commands.reference.codeTable(request.table, at: Instant(given: request.atUs)))
    }
  }

  func putFilingStandards(_ request: PutFilingStandardsRequest, _ call: CallContext) async throws -> PutFilingStandardsResponse {
    try await answering {
      let standards = try request.standards.map { try IntakeDomain.FilingStandard($0) }
      let stored = try await commands.putStandards(standards, validFrom: Instant(microseconds: request.validFromUs))
      return PutFilingStandardsResponse(stored: Int32(stored))
    }
  }

  func listFilingStandards(_ request: ListFilingStandardsRequest, _ call: CallContext) async throws -> ListFilingStandardsResponse {
    try await answering {
      ListFilingStandardsResponse(standards: try await commands.reference.standards(of: request.kind).map(\.wire))
    }
  }

  // MARK: Answers

  private func response(_ answer: FilingAnswer) -> SubmitReportResponse {
    SubmitReportResponse(
      reportId: answer.reportID.bytes, state: answer.state.wire, caseId: answer.caseID?.bytes ?? [], caseNumber: answer.caseNumber,
      trackingToken: trackingTokens.token(for: answer.reportID), message: answer.words.chinese,
      duplicateOf: answer.duplicateOf?.bytes ?? [], position: answer.position?.wire, repeated: answer.repeated,
      messageEn: answer.words.english)
  }

  private func failure(_ failure: SubmitReports.Failure) -> ReportFailure {
    let error = rpcError(failure.error)
    return ReportFailure(
      index: Int64(failure.index), idempotencyKey: failure.key, code: Int32(error.code.rawValue), message: error.message)
  }

  private func identifier(_ bytes: [UInt8]) throws(Refusal) -> Identifier {
    guard let identifier = Identifier(bytes: bytes) else { throw .missing(.reportID) }
    return identifier
  }

  /// The one mapping of this service's errors to statuses.
  private func answering<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
    do {
      return try await body()
    } catch {
      throw rpcError(error)
    }
  }

  private func rpcError(_ error: any Error) -> RPCError {
    RPCError(error) { logger.error("\($0)", metadata: ["incident": "\($1)"]) }
  }
}
