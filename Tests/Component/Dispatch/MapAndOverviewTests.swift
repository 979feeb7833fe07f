import CityModel
import CommonAPI
import DispatchAPI
import DispatchDomain
import IntakeAPI
import Postgres
import RPC
import Reactor
import Synchronization
import TestKit
import Testing

@testable import DispatchService

@Suite(.timeLimit(.minutes(5))) struct MapAndOverviewTests {
  /// 40 cases: a column of points through the tile 14/13489/6209 in Beijing; number 40 has no point.
  private func fill(_ dispatch: TestDispatch) async throws {
    try await dispatch.apply(
      (1...40).map { number in
        filed(number) { filed in
          filed.place?.point = number == 40 ? nil : Point(longitude: 116.400, latitude: 39.900 + Double(number) * 0.0001)
          filed.place?.districtCode = number % 2 == 0 ? "D1" : "D2"
          filed.urgent = number % 10 == 0
          filed.unplaced = number == 40
        }
      })
  }

  private func tile(_ dispatch: TestDispatch, _ request: GetCaseTileRequest) async throws -> [UInt8] {
    try await dispatch.handler.getCaseTile(request, call(DispatchMethods.getCaseTile)).tile
  }

  /// The tile of that zoom that holds the point.
  private func request(_ zoom: Int32, longitude: Double = 116.4, latitude: Double = 39.902) throws -> GetCaseTileRequest {
    let square = try #require(MapSquare(GeoPoint(longitude: longitude, latitude: latitude))).number >> (2 * (24 - Int64(zoom)))
    var (column, row): (Int32, Int32) = (0, 0)
    for bit in 0..<zoom {
      column |= Int32(square >> (2 * Int64(bit)) & 1) << bit
      row |= Int32(square >> (2 * Int64(bit) + 1) & 1) << bit
    }
    return GetCaseTileRequest(z: zoom, x: column, y: row)
  }

  @Test func `single cases with their properties, and what a filter leaves`() async throws {
    try await withDispatch { dispatch in
      try await fill(dispatch)
      var request = try request(12)
      let all = try VectorTile(try await tile(dispatch, request))
      #expect(all.layer == "cases" && all.extent == 4_096 && all.version == 2 && all.features.count == 39)
      let seventh = try #require(all.features.first { $0.values["number"] == .text(caseNumber(7)) })
      #expect(
        seventh.values == [
          "number": .text(caseNumber(7)), "state": .text("dispatched"), "kind": .text("0110"), "overdue": .flag(false),
          "urgent": .flag(false), "supervised": .flag(false),
        ])
      #expect(all.features.suffix(3).allSatisfy { $0.values["urgent"] == .flag(true) }, "these lie on top")
      request.onlyUrgent = true
      #expect(try VectorTile(try await tile(dispatch, request)).features.count == 3)
      request.districtCode = "D2"
      #expect(try await tile(dispatch, request).isEmpty, "nothing there, nothing sent")
      #expect(try await tile(dispatch, GetCaseTileRequest(z: 12, x: 0, y: 0)).isEmpty)
    }
  }

  @Test func `clusters below zoom 12, and none lost`() async throws {
    try await withDispatch { dispatch in
      try await fill(dispatch)
      let tile = try VectorTile(try await tile(dispatch, GetCaseTileRequest(z: 3, x: 6, y: 3)))
      #expect(tile.features.map(\.values) == [["count": .number(39), "overdue": .number(0), "urgent": .number(3)]])
      let cancel = CancelCaseRequest(command: command(1, key: "c", reason: "误报"))
      _ = try await dispatch.handler.cancelCase(cancel, call(DispatchMethods.cancelCase))
      let after = try VectorTile(try await self.tile(dispatch, GetCaseTileRequest(z: 3, x: 6, y: 3)))
      #expect(after.features.map(\.values["count"]) == [.number(38)])
    }
  }

  @Test func `single cases stand where PostGIS puts them`() async throws {
    try await withDispatch { dispatch in
      try await fill(dispatch)
      for zoom in Int32(12)...22 {
        let request = try request(zoom)
        let ours = try VectorTile(try await tile(dispatch, request))
        let theirs = try await dispatch.database.query(
          """
          SELECT public.ST_AsMVT(tile, 'cases', 4096, 'point') FROM (
            SELECT public.ST_AsMVTGeom(point, public.ST_TileEnvelope(\(zoom), \(request.x), \(request.y)), 4096, 0, true) AS point, number
            FROM cases, LATERAL (
              SELECT public.ST_Transform(public.ST_SetSRID(public.ST_MakePoint(longitude, latitude), 4326), 3857) AS point) AS projected
          ) AS tile
          """)
        let peer = try VectorTile(try theirs[0][0, [UInt8].self])
        // They round where we cut off, and count what lies on the edge to both sides.
        let expected = Dictionary(uniqueKeysWithValues: peer.features.map { ($0.values["number"], $0) })
        #expect(zoom > 15 || ours.features.count == expected.count)
        for feature in ours.features {
          let peer = try #require(expected[feature.values["number"]], "zoom \(zoom)")
          #expect(abs(feature.x - peer.x) <= 1 && abs(feature.y - peer.y) <= 1, "zoom \(zoom): \(feature), \(peer)")
        }
      }
    }
  }

  @Test func `more cases than are shown singly are clusters, each in the middle of its cases, and none lost`() async throws {
    try await withDispatch { dispatch in
      let count = MapTile.pointLimit + 1
      try await dispatch.apply(
        (1...count).map { number in
          filed(number) {
            $0.place?.point = Point(longitude: 116.39 + Double(number % 50) * 0.0004, latitude: 39.88 + Double(number / 50) * 0.0004)
          }
        })
      let request = try request(12)
      let all = try VectorTile(try await tile(dispatch, request))
      let counts = all.features.map { $0.values["count"]?.asNumber ?? 0 }
      #expect(counts.reduce(0, +) == UInt64(count) && counts.count > 10 && counts == counts.sorted())
      #expect(all.features.allSatisfy { (0..<4_096).contains($0.x) && (0..<4_096).contains($0.y) })
      let cancel = CancelCaseRequest(command: command(1, key: "c", reason: "误报"))
      _ = try await dispatch.handler.cancelCase(cancel, call(DispatchMethods.cancelCase))
      #expect(try VectorTile(try await tile(dispatch, request)).features.count == count - 1, "now they are few enough")
    }
  }

  @Test func `what is no tile, and what a map does not show`() async throws {
    try await withDispatch { dispatch in
      let odd = [
        GetCaseTileRequest(z: 23), GetCaseTileRequest(z: 2, x: 4), GetCaseTileRequest(states: [.closed]),
        GetCaseTileRequest(kind: "a\0"),
      ]
      for request in odd { #expect(await status { _ = try await tile(dispatch, request) } == .invalidArgument) }
    }
  }

  @Test func `the overview counts what is open, and what the day brought`() async throws {
    try await withDispatch { dispatch in
      try await fill(dispatch)
      try await dispatch.apply([
        filed(41) {
          $0.ownerDepartment = ""; $0.standard = nil
        }
      ])
      dispatch.clock.set(filedAt + hours(1))
      let returned = ReturnTaskRequest(command: command(2, key: "r", reason: "不属本部门"))
      _ = try await dispatch.handler.returnTask(returned, call(DispatchMethods.returnTask))
      _ = try await dispatch.handler.reportHandled(ReportHandledRequest(command: command(3, key: "h")), call(DispatchMethods.reportHandled))
      _ = try await dispatch.handler.closeCase(CloseCaseRequest(command: command(3, key: "c")), call(DispatchMethods.closeCase))
      func overview(_ request: GetOverviewRequest) async throws -> GetOverviewResponse {
        try await dispatch.handler.getOverview(request, call(DispatchMethods.getOverview))
      }
      let all = try await overview(GetOverviewRequest())
      #expect(all.open == 40 && all.undispatched == 1 && all.returned == 1 && all.unplaced == 1 && all.urgent == 4 && all.overdue == 0)
      #expect(all.filedToday == 41 && all.closedToday == 1 && all.atUs == dispatch.clock.now().microseconds)
      #expect(all.byState.map(\.count) == [1, 38, 0, 1, 0, 0])
      #expect(all.byDistrict.first { $0.districtCode == "D2" }?.open == 19)
      // Filed at 16:00, closed at 17:00 in Shanghai.
      #expect(all.trend.count == 18 && all.trend[16].filed == 41 && all.trend[17].closed == 1)
      let district = try await overview(GetOverviewRequest(districtCode: "D2", trend: .days))
      #expect(district.open == 19 && district.trend.count == 30 && district.trend[29].filed == 20 && district.trend[29].closed == 1)
      #expect(try await overview(GetOverviewRequest(department: "市政")).open == 0)
      // The next day: what was today is a day of the trend.
      dispatch.clock.set(filedAt + hours(24))
      let tomorrow = try await overview(GetOverviewRequest(trend: .days))
      #expect(tomorrow.filedToday == 0 && tomorrow.trend[28].filed == 41 && tomorrow.trend[28].closed == 1)
      #expect(await status { _ = try await overview(GetOverviewRequest(districtCode: "a\0")) } == .invalidArgument)
    }
  }

  @Test func `many who ask at once are answered by one making; an error is everybody's, a cancellation its own`() async throws {
    let recent = Recent<Int, Int>(maxAge: .seconds(3_600), limit: 2)
    let made = Mutex(0)
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let reactors = try ReactorGroup(count: 2)
    let asking = (0..<20).map { number in
      reactors.reactors[number % 2].spawn {
        try await recent.value(for: 1) {
          made.withLock { $0 += 1 }
          for await _ in gate {}
          return 7
        }
      }
    }
    for _ in 0..<100 { await Task.yield() }
    open.finish()
    for task in asking { #expect(try await task.value == 7) }
    #expect(made.withLock { $0 } == 1)
    #expect(try await recent.value(for: 1) { 8 } == 7, "still young")
    await #expect(throws: Unexpected.self) { try await recent.value(for: 2) { throw Unexpected() } }
    #expect(try await recent.value(for: 2) { 9 } == 9, "an error is not kept")
    #expect(try await recent.value(for: 3) { 3 } == 3)
    #expect(try await recent.value(for: 1) { 8 } == 8, "the third one made room")
    let (begun, begin) = AsyncStream.makeStream(of: Void.self)
    let maker = reactors.reactors[0].spawn {
      try await recent.value(for: 9) {
        begin.finish()
        try await Reactor.sleep(for: .seconds(300))
        return 1
      }
    }
    for await _ in begun {}
    let other = reactors.reactors[0].spawn { try await recent.value(for: 9) { 2 } }
    maker.cancel()
    #expect(try await other.value == 2)
    await #expect(throws: CancellationError.self) { try await maker.value }
  }
}
