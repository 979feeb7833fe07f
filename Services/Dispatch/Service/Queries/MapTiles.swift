internal import CityModel
internal import DispatchAPI
internal import DispatchDomain

/// Map tiles of open cases, made from memory for each who asks.
struct MapTiles: Sendable {
  let cases: OpenCaseBoard

  func tile(_ request: GetCaseTileRequest) async throws -> GetCaseTileResponse {
    guard let tile = MapTile(zoom: request.z, column: request.x, row: request.y) else {
      throw CaseRequest.invalid("没有这样的地图瓦片。", "There is no such tile: z is from 0 to 22, x and y from 0 to below 2^z.")
    }
    let filter = try OpenCaseFilter(request)
    let (at, content) = try await cases.view { $0.content(of: tile, filter) }
    return GetCaseTileResponse(tile: content.encoded(), atUs: at.microseconds)
  }
}

extension OpenCaseFilter {
  init(_ request: GetCaseTileRequest) throws {
    let states = try request.states.map { wire in
      guard let state = DispatchDomain.CaseState(wire), state.isOpen else {
        throw CaseRequest.invalid("地图只显示未结的案卷。", "The map shows open cases only: ask for open states.")
      }
      return state
    }
    guard [request.kind, request.department, request.districtCode].allSatisfy(PlainText.isCode) else { throw CaseFilter.notCodes }
    self.init(
      states: states, kinds: [request.kind].filter { !$0.isEmpty }, departments: [request.department].filter { !$0.isEmpty },
      district: request.districtCode)
    if request.onlyOverdue { flags.insert(.overdue) }
    if request.onlyUrgent { flags.insert(.urgent) }
    if request.onlySupervised { flags.insert(.supervised) }
  }
}
