internal import CityModel
internal import DispatchAPI
internal import DispatchDomain
internal import Postgres

/// Map tiles of open cases, each made at most once in a second, however many look at it.
struct MapTiles: Sendable {
  /// Different tiles kept: 1,000, some ten kilobytes each.
  static let limit = 1_000

  private struct Key: Hashable, Sendable {
    let tile: MapTile
    let filter: TileFilter
  }

  private let database: Database
  private let clock: any CityClock
  private let made: Recent<Key, GetCaseTileResponse>

  /// - Parameter maxAge: how old a tile may be.
  init(database: Database, clock: any CityClock, maxAge: Duration) {
    self.database = database
    self.clock = clock
    made = Recent(maxAge: maxAge, limit: Self.limit)
  }

  func tile(_ request: GetCaseTileRequest) async throws -> GetCaseTileResponse {
    guard let tile = MapTile(zoom: request.z, column: request.x, row: request.y) else {
      throw CaseRequest.invalid("没有这样的地图瓦片。", "There is no such tile: z is from 0 to 22, x and y from 0 to below 2^z.")
    }
    let filter = try TileFilter(request)
    return try await made.value(for: Key(tile: tile, filter: filter)) {
      let now = clock.now()
      return GetCaseTileResponse(tile: try await make(tile, filter), atUs: now.microseconds)
    }
  }

  private func make(_ tile: MapTile, _ filter: TileFilter) async throws -> [UInt8] {
    var statement = TileStore.clusters(tile, filter)
    if tile.zoom >= MapTile.clusterZoom {
      let count = try await database.query(TileStore.count(tile, filter))[0][0, Int.self]
      if count == 0 { return [] }
      if count <= MapTile.pointLimit { statement = TileStore.points(tile, filter) }
    }
    return try await database.query(statement)[0][0, [UInt8].self]
  }
}

extension TileFilter {
  init(_ request: GetCaseTileRequest) throws {
    states = try request.states.map { wire in
      guard let state = DispatchDomain.CaseState(wire), state.isOpen else {
        throw CaseRequest.invalid("地图只显示未结的案卷。", "The map shows open cases only: ask for open states.")
      }
      return state
    }
    guard [request.kind, request.department, request.districtCode].allSatisfy(Text.isCode) else { throw CaseFilter.notCodes }
    kind = request.kind
    department = request.department
    district = request.districtCode
    onlyOverdue = request.onlyOverdue
    onlyUrgent = request.onlyUrgent
    onlySupervised = request.onlySupervised
  }
}
