internal import CityModel
internal import DispatchAPI
internal import DispatchDomain
internal import Postgres
internal import RPC

/// Cases as people ask for them.
struct CaseReader: Sendable {
  let database: Database
  let cases: OpenCaseBoard
  let policy: CasePolicy

  /// - Throws: `Refusal.unknownCase`.
  func get(_ request: GetCaseRequest) async throws -> GetCaseResponse {
    let (statement, name) = try find(request)
    guard let row = try await database.query(statement).first else { throw Refusal.unknownCase(name) }
    // What was committed in between is not shown: the history ends where the case stands.
    let file = try CaseStore.read(row)
    let history = try HistoryStore.read(try await database.query(HistoryStore.of(file.id, upTo: file.version)))
    let offers = file.offers(to: try Self.actors(request), policy)
    return GetCaseResponse(caseFile: file.wire, history: history.map(\.wire), actions: offers.map(\.wire))
  }

  /// Somebody in each of the roles; roles that don't deal with cases are passed over.
  private static func actors(_ request: GetCaseRequest) throws -> [DispatchDomain.Actor] {
    guard request.roles.count <= CommandLimits.roles, (request.roles + [request.department, request.crew]).allSatisfy(PlainText.isCode)
    else {
      throw CaseRequest.invalid("角色过多、过长或含有控制字符。", "There are too many roles, or one is too long or holds control characters.")
    }
    func given(_ code: String) -> String? { code.isEmpty ? nil : code }
    return request.roles.compactMap(Role.init(rawValue:)).map {
      DispatchDomain.Actor(id: "", role: $0, department: given(request.department), crew: given(request.crew))
    }
  }

  private func find(_ request: GetCaseRequest) throws -> (SQL, String) {
    if !request.caseId.isEmpty {
      guard let id = Identifier(bytes: request.caseId) else { throw CaseRequest.invalid("case_id 须为 16 字节。", "case_id has 16 bytes.") }
      return (CaseStore.find(id: id), id.description)
    }
    guard PlainText.isCode(request.number), PlainText.isCode(request.externalRef) else {
      throw CaseRequest.invalid("案卷编号最多 200 个字符，不含控制字符。", "number and external_ref have at most 200 characters, and no control characters.")
    }
    if !request.number.isEmpty {
      let number = CaseNumber(parsing: request.number).map(\.description) ?? request.number
      return (CaseStore.find(number: number), number)
    }
    guard !request.externalRef.isEmpty else {
      throw CaseRequest.invalid("请指明案卷。", "Name the case by case_id, number or external_ref.")
    }
    return (CaseStore.find(externalRef: request.externalRef), request.externalRef)
  }

  func tasks(_ request: ListTasksRequest) async throws -> ListTasksResponse {
    guard !request.department.isEmpty else { throw Refusal.departmentMissing }
    guard PlainText.isCode(request.department), PlainText.isCode(request.crew) else { throw CaseFilter.notCodes }
    let (size, after) = try PageToken.read(request.page)
    let statement = CaseQueries.tasks(department: request.department, crew: request.crew, after: after, limit: size + 1)
    let files = try CaseStore.read(try await database.query(statement))
    let page = files.prefix(size)
    var response = ListTasksResponse(tasks: page.map(\.wire))
    if files.count > size, let last = page.last {
      response.nextPageToken = PageToken.write(CaseQueries.Key(order: last.deadline.storedOrder, id: last.id))
    }
    return response
  }
}
