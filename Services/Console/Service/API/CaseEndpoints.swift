internal import CommonAPI
internal import ConsoleDomain
internal import DispatchAPI
internal import IntakeAPI
internal import RPC

/// Lists of cases, and a case with its whole story.
enum CaseEndpoints {
  private static let filters: [EndpointDescription.Parameter] = [
    .init("state", .list(.choice(Schemas.states), max: 9)), .init("q", .text(max: 200)), .init("kind", .list(Parameters.code, max: 100)),
    .init("district", Parameters.code), .init("street", Parameters.code), .init("department", .list(Parameters.code, max: 100)),
    .init("crew", Parameters.code), .init("channel", .choice(Codes.names(Codes.channels))), .init("overdue", .flag),
    .init("urgent", .flag), .init("supervised", .flag), .init("unplaced", .flag), Parameters.from, Parameters.to,
    .init("due_before", .text(.instant, max: 40)), .init("closed_from", .text(.instant, max: 40)),
    .init("closed_to", .text(.instant, max: 40)), .init("sort", .choice(Codes.names(Codes.sorts))),
  ]

  static let all = [
    Endpoint(
      .init(
        .get, "/api/cases", tag: "cases", "Cases that satisfy all conditions", access: .roles(Roles.work),
        parameters: filters + [Parameters.limit(200), Parameters.page], answer: .json(.named("CasePage")))
    ) { exchange in try await list(exchange) },
    Endpoint(
      .init(
        .get, "/api/cases.csv", tag: "cases", "The same as a table, at most 100,000 lines; audited", access: .roles(Roles.work),
        parameters: filters + [Parameters.language], answer: .csv)
    ) { exchange in .csv(try await CaseExport(request(exchange.values), exchange).feed, name: "cases") },
    Endpoint(
      .init(
        .get, "/api/cases/{number}", tag: "cases", "A case, its history, its reports, and what may be done with it",
        access: .roles(Roles.work), parameters: [Parameters.number], answer: .json(.named("Case")))
    ) { exchange in .json(try await story(of: try caseNumber(exchange), exchange)) },
  ]

  /// As people write it; the service knows whether there is one.
  static func caseNumber(_ exchange: Exchange) throws(Problem) -> String {
    let text = exchange.values.text("number")
    guard !text.isEmpty else { throw .notFound }
    return text
  }

  private static func request(_ values: RequestValues) -> ListCasesRequest {
    let kinds = values.list("kind")
    let departments = values.list("department")
    return ListCasesRequest(
      states: values.list("state").compactMap { Codes.value($0, Codes.states) }, department: departments.count == 1 ? departments[0] : "",
      crew: values.text("crew"), districtCode: values.text("district"), streetCode: values.text("street"),
      kind: kinds.count == 1 ? kinds[0] : "", onlyOverdue: values.flag("overdue"), onlyUnplaced: values.flag("unplaced"),
      filedFromUs: values.microseconds("from"), filedBeforeUs: values.endMicroseconds("to"), q: values.text("q"),
      onlyUrgent: values.flag("urgent"), onlySupervised: values.flag("supervised"),
      channel: Codes.value(values.text("channel"), Codes.channels)?.rawValue ?? 0,
      sort: Codes.value(values.text("sort"), Codes.sorts) ?? .unspecified, dueBeforeUs: values.endMicroseconds("due_before"),
      kinds: kinds.count > 1 ? kinds : [], departments: departments.count > 1 ? departments : [],
      closedFromUs: values.microseconds("closed_from"), closedBeforeUs: values.endMicroseconds("closed_to"))
  }

  private static func list(_ exchange: Exchange) async throws -> Answer {
    let values = exchange.values
    var request = request(values)
    request.page = .init(size: Int32(values.integer("limit") ?? 50), token: values.text("page"))
    if values.text("page").isEmpty { request.countUpTo = 10_000 }
    let response = try await exchange.services.dispatch.listCases(request, exchange.options)
    return .json([
      "cases": .array(response.cases.map { JSON(row: $0, exchange.times) }), "next_page": JSON(response.nextPageToken),
      "total_estimate": request.countUpTo > 0 ? .integer(response.total) : .null, "total_is_minimum": .bool(response.moreThanTotal),
    ])
  }

  /// The case's page. Without intake its reports are missing, nothing else.
  static func story(of number: String, _ exchange: Exchange) async throws -> JSON {
    let identity = try exchange.person.identity
    let story = try await exchange.services.dispatch.getCase(
      GetCaseRequest(number: number, roles: identity.roles, department: identity.department, crew: identity.crew), exchange.options)
    async let now = exchange.console.now()
    let id = story.caseFile?.id ?? []
    var reports: JSON?
    do {
      let request = ListReportsRequest(caseId: id, page: .init(size: 200))
      let found = try await exchange.services.intake.listReports(request, exchange.options(timeout: .seconds(3)))
      reports = .array(found.reports.map { JSON(report: $0, exchange.times) })
    } catch let error as RPCError where [.unavailable, .deadlineExceeded, .permissionDenied].contains(error.code) {
      reports = nil
    }
    return JSON(story: story, reports: reports, nowMicroseconds: await now, exchange.times)
  }
}
