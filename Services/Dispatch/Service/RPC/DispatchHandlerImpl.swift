internal import CityModel
internal import DispatchAPI
internal import DispatchDomain
internal import RPC
internal import Reactor
internal import Wire

/// chengyun.dispatch.v1.Dispatch.
struct DispatchHandlerImpl: DispatchHandler {
  let queues: ReactorLocal<CommandQueue>
  let reader: CaseReader
  let overview: OverviewBoard
  let tiles: MapTiles
  let directory: SettingsDirectory
  let clock: any CityClock

  // MARK: Commands

  func dispatchCase(_ request: DispatchCaseRequest, _ call: CallContext) async throws -> CaseReply {
    try await perform(.dispatch, request.command, request, call) {
      $0.department = request.department
      $0.crew = request.crew
    }
  }

  func acceptTask(_ request: AcceptTaskRequest, _ call: CallContext) async throws -> CaseReply {
    try await perform(.accept, request.command, request, call)
  }

  func returnTask(_ request: ReturnTaskRequest, _ call: CallContext) async throws -> CaseReply {
    try await perform(.returnTask, request.command, request, call)
  }

  func reportHandled(_ request: ReportHandledRequest, _ call: CallContext) async throws -> CaseReply {
    try await perform(.reportHandled, request.command, request, call) { $0.evidence = request.evidence }
  }

  func checkCase(_ request: CheckCaseRequest, _ call: CallContext) async throws -> CaseReply {
    try await perform(request.passed ? .passCheck : .failCheck, request.command, request, call)
  }

  func closeCase(_ request: CloseCaseRequest, _ call: CallContext) async throws -> CaseReply {
    try await perform(.close, request.command, request, call)
  }

  func reopenCase(_ request: ReopenCaseRequest, _ call: CallContext) async throws -> CaseReply {
    try await perform(.reopen, request.command, request, call)
  }

  func cancelCase(_ request: CancelCaseRequest, _ call: CallContext) async throws -> CaseReply {
    try await perform(.cancel, request.command, request, call)
  }

  func referCase(_ request: ReferCaseRequest, _ call: CallContext) async throws -> CaseReply {
    try await perform(.refer, request.command, request, call) { $0.authority = request.authority }
  }

  func superviseCase(_ request: SuperviseCaseRequest, _ call: CallContext) async throws -> CaseReply {
    try await perform(.supervise, request.command, request, call)
  }

  private func perform(
    _ kind: CommandKind, _ command: CaseCommand?, _ request: some WireMessage, _ call: CallContext,
    _ complete: (inout DispatchDomain.Command) -> Void = { _ in }
  ) async throws -> CaseReply {
    let request = try CaseRequest(command, kind, of: request, call, now: clock.now(), complete)
    return try await answering { try CaseReply(try await queues.value.perform(request)) }
  }

  // MARK: Queries

  func getCase(_ request: GetCaseRequest, _ call: CallContext) async throws -> GetCaseResponse {
    try await answering { try CaseScope(call).check(try await reader.get(request.scoped(call))) }
  }

  func listCases(_ request: ListCasesRequest, _ call: CallContext) async throws -> ListCasesResponse {
    try await answering { try await reader.list(try request.scoped(call)) }
  }

  func listTasks(_ request: ListTasksRequest, _ call: CallContext) async throws -> ListTasksResponse {
    try await answering { CaseScope(call).kept(try await reader.tasks(try request.scoped(call))) }
  }

  func getOverview(_ request: GetOverviewRequest, _ call: CallContext) async throws -> GetOverviewResponse {
    try await answering { try await overview.overview(try request.scoped(call)) }
  }

  func getCaseTile(_ request: GetCaseTileRequest, _ call: CallContext) async throws -> GetCaseTileResponse {
    try await answering { try await tiles.tile(try request.scoped(call)) }
  }

  // MARK: Settings

  func putDepartments(_ request: PutDepartmentsRequest, _ call: CallContext) async throws -> PutDepartmentsResponse {
    try await answering { try await directory.put(request) }
  }

  func listDepartments(_ request: ListDepartmentsRequest, _ call: CallContext) async throws -> ListDepartmentsResponse {
    try await answering { try await directory.departments() }
  }

  func putResponsibilities(_ request: PutResponsibilitiesRequest, _ call: CallContext) async throws -> PutResponsibilitiesResponse {
    try await answering { try await directory.put(request) }
  }

  func listResponsibilities(_ request: ListResponsibilitiesRequest, _ call: CallContext) async throws -> ListResponsibilitiesResponse {
    try await answering { try await directory.responsibilities() }
  }

  func putCalendar(_ request: DispatchAPI.WorkCalendar, _ call: CallContext) async throws -> PutCalendarResponse {
    try await answering { try await directory.put(request) }
  }
}
