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
    try await refusing {
      let submission = Submission(request)
      let caller = Caller(call)
      guard !caller.isVisitor || submission.isAsCitizensMakeThem else { throw Refusal.mayNotDecide }
      let answer = try await commands.submit(submission, by: caller, request: request.encoded())
      return response(answer)
    }
  }

  func submitReports(_ requests: InboundMessages<SubmitReportRequest>, _ call: CallContext) async throws -> SubmitReportsResponse {
    try await refusing {
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
    try await refusing { Report(try await commands.reports.get(try identifier(request.reportId), in: call.person?.district ?? "")) }
  }

  func listReports(_ request: ListReportsRequest, _ call: CallContext) async throws -> ListReportsResponse {
    try await refusing {
      var filter = try ReportFilter(request)
      if let person = call.person {
        filter.district = person.district
        filter.scope = try ReportRights.scope(
          of: person.knownRoles, department: person.department, crew: person.crew, namesCase: filter.caseID != nil)
      }
      let reports = try await commands.reports.list(filter)
      return ListReportsResponse(
        reports: reports.map { Report($0) },
        nextPageToken: reports.count == filter.limit ? reports.last?.report.id.description ?? "" : "")
    }
  }

  func placeReport(_ request: PlaceReportRequest, _ call: CallContext) async throws -> Report {
    try await refusing {
      let request = request.acting(call)
      let id = try identifier(request.reportId)
      let position = try await commands.place(
        id, CityModel.Place(request.place ?? CommonAPI.Place()), by: Actor(request.actor, in: call.person?.district),
        key: request.idempotencyKey,
        request: request.encoded())
      return Report(try await commands.reports.get(id), position: position)
    }
  }

  func unlinkReport(_ request: UnlinkReportRequest, _ call: CallContext) async throws -> Report {
    try await refusing {
      let request = request.acting(call)
      let id = try identifier(request.reportId)
      let position = try await commands.unlink(
        id, reason: request.reason, by: Actor(request.actor, in: call.person?.district), key: request.idempotencyKey,
        request: request.encoded())
      return Report(try await commands.reports.get(id), position: position)
    }
  }

  func rejectReport(_ request: RejectReportRequest, _ call: CallContext) async throws -> Report {
    try await refusing {
      let request = request.acting(call)
      let id = try identifier(request.reportId)
      let position = try await commands.reject(
        id, reason: request.reason, by: Actor(request.actor, in: call.person?.district), key: request.idempotencyKey,
        request: request.encoded())
      return Report(try await commands.reports.get(id), position: position)
    }
  }

  // MARK: Reference data

  func putDivisions(_ requests: InboundMessages<Division>, _ call: CallContext) async throws -> PutDivisionsResponse {
    try await refusing {
      var divisions: [StoredDivision] = []
      for try await division in requests {
        guard divisions.count < PutDivisions.limit else { throw Refusal.streamTooLong(limit: PutDivisions.limit) }
        divisions.append(try StoredDivision(division))
      }
      return PutDivisionsResponse(stored: Int32(try await commands.putDivisions(divisions)))
    }
  }

  func listDivisions(_ request: ListDivisionsRequest, _ call: CallContext) async throws -> ListDivisionsResponse {
    try await refusing {
      guard (0...Reference.toleranceLimit).contains(request.toleranceDeg), !request.parentCode.utf8.contains(0) else {
        throw RPCError(.invalidArgument, "简化容差须在 0 至 0.1 度之间。 tolerance_deg is from 0 to 0.1.")
      }
      let divisions = try await commands.reference.divisions(
        DivisionTier(rawValue: request.tier.rawValue), parent: request.parentCode, withArea: request.withGeometry,
        tolerance: request.toleranceDeg)
      return ListDivisionsResponse(divisions: divisions.map(Division.init))
    }
  }

  func locatePoint(_ request: LocatePointRequest, _ call: CallContext) async throws -> LocatePointResponse {
    try await refusing {
      let point = request.point.map { GeoPoint(longitude: $0.longitude, latitude: $0.latitude) }
      let (divisions, unplaced) = try await commands.reference.locate(point)
      return LocatePointResponse(
        divisions: divisions.map(Division.init), unplacedReason: unplaced?.words.chinese ?? "",
        unplacedReasonEn: unplaced?.words.english ?? "")
    }
  }

  func putCodeTable(_ request: IntakeAPI.CodeTable, _ call: CallContext) async throws -> PutCodeTableResponse {
    try await refusing { PutCodeTableResponse(stored: Int32(try await commands.putCodeTable(IntakeDomain.CodeTable(request)))) }
  }

  func getCodeTable(_ request: GetCodeTableRequest, _ call: CallContext) async throws -> IntakeAPI.CodeTable {
    try await refusing {
      IntakeAPI.CodeTable(try commands.reference.codeTable(request.table, at: Instant(given: request.atUs)))
    }
  }

  func putFilingStandards(_ request: PutFilingStandardsRequest, _ call: CallContext) async throws -> PutFilingStandardsResponse {
    try await refusing {
      let standards = try request.standards.map { try IntakeDomain.FilingStandard($0) }
      let stored = try await commands.putStandards(standards, validFrom: Instant(microseconds: request.validFromUs))
      return PutFilingStandardsResponse(stored: Int32(stored))
    }
  }

  func listFilingStandards(_ request: ListFilingStandardsRequest, _ call: CallContext) async throws -> ListFilingStandardsResponse {
    try await refusing {
      try Submission.check(request.kind, .kind, SubmissionLimits.reference)
      return ListFilingStandardsResponse(standards: try await commands.reference.standards(of: request.kind).map(\.wire))
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

  /// A report of a stream has no status of its own, and no metadata.
  private func failure(_ failure: SubmitReports.Failure) -> ReportFailure {
    let error = RPCError(refusing: failure.error) ?? internalError(failure.error)
    return ReportFailure(
      index: Int64(failure.index), idempotencyKey: failure.key, code: Int32(error.code.rawValue), message: error.message,
      refusalCode: error.metadata.first(named: RPCError.refusalCode) ?? "")
  }

  /// What the caller must not see stays in the log; he gets the incident's number.
  private func internalError(_ error: any Error) -> RPCError {
    let (told, incident) = RPCError.incident()
    logger.error("a report of a stream failed", metadata: ["incident": "\(incident)", "error": "\(error)"])
    return told
  }

  private func identifier(_ bytes: [UInt8]) throws(Refusal) -> Identifier {
    guard let identifier = Identifier(bytes: bytes) else { throw .missing(.reportID) }
    return identifier
  }
}
