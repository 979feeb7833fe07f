internal import CityModel
internal import EvaluationAPI
internal import EvaluationDomain
internal import NodeKit
internal import RPC

/// The service's methods on the wire.
struct EvaluationRPC: EvaluationHandler {
  let indicators: GetIndicators
  let drillDown: DrillDown
  let formulas: FormulaStore
  let rebuild: RebuildProjections
  let clock: any CityClock

  func getIndicators(_ request: GetIndicatorsRequest, _ call: CallContext) async throws -> GetIndicatorsResponse {
    try await refusing {
      let rows = try await indicators.run(
        request.indicators, by: Dimension(request.by), period: Period(request.period), range: try CountedRange(request.range),
        now: clock.now())
      return GetIndicatorsResponse(rows: rows.map(IndicatorRow.init), factsUntilUs: try await rebuild.factsUntil()?.microseconds ?? 0)
    }
  }

  func drillDown(_ request: DrillDownRequest, _ call: CallContext) async throws -> DrillDownResponse {
    try await refusing {
      var question = try DrillDown.Question(request)
      if let person = call.person {
        let rights = DrillDownRights(roles: person.knownRoles, department: person.department, district: person.district)
        try rights.check(question.dimension, question.group)
        question.district = rights.district
      }
      let answer = try await drillDown.run(question, now: clock.now())
      return DrillDownResponse(cases: answer.cases.map(CaseRef.init), nextPageToken: answer.nextToken, total: answer.total)
    }
  }

  func listFormulas(_ request: ListFormulasRequest, _ call: CallContext) async throws -> ListFormulasResponse {
    let at = request.atUs == 0 ? clock.now() : Instant(microseconds: request.atUs)
    return try await answering { ListFormulasResponse(formulas: try await formulas.valid(at: at).map(EvaluationAPI.Formula.init)) }
  }

  func putFormula(_ request: EvaluationAPI.Formula, _ call: CallContext) async throws -> PutFormulaResponse {
    try await refusing {
      try await formulas.put(try EvaluationDomain.Formula(request))
      return PutFormulaResponse()
    }
  }

  func rebuild(_ request: RebuildRequest, _ responses: OutboundMessages<RebuildProgress>, _ call: CallContext) async throws {
    do {
      try await rebuild.run { progress in
        try await responses.send(RebuildProgress(eventsDone: progress.done, eventsTotal: progress.total, finished: progress.finished))
      }
    } catch is RebuildTakenOver {
      throw RPCError(.aborted, "另一次重建已开始，本次中止。 Another rebuild was begun and goes on instead of this one.")
    }
  }

  /// The one mapping of refusals to status codes.
  private func refusing<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
      return try await answering(body)
    } catch let refusal as EvaluationRefusal {
      let code: StatusCode =
        switch refusal {
        case .unknownIndicator: .notFound
        case .versionTaken: .alreadyExists
        case .notYours: .permissionDenied
        default: .invalidArgument
        }
      throw RPCError(code, refusal: refusal.code, sentence: refusal.sentence)
    }
  }
}

extension EvaluationRPC {
  /// Figures are for those who evaluate and are evaluated; formulas and rebuilding are the operator's.
  static let access: [RPC.Method: AccessRule] = [
    EvaluationMethods.getIndicators: .person(DrillDownRights.roles),
    EvaluationMethods.drillDown: .person(DrillDownRights.roles),
    EvaluationMethods.listFormulas: .person(DrillDownRights.roles),
    EvaluationMethods.putFormula: .operatorOnly,
    EvaluationMethods.rebuild: .operatorOnly,
  ]
}
