import CityModel
import CommonAPI
import IntakeAPI
import RPC
import TestKit
import Testing

/// What the console shows people: divisions on a map, the street of a point, whether somebody can be called back.
@Suite(.timeLimit(.minutes(5))) struct PublicViewTests {
  /// A district with a wavy edge of many points, and a square street within it.
  private static let divisions: [Division] = {
    let edge = (0...200).map { GeoPoint(longitude: 116.0 + Double($0) * 0.005, latitude: 40.5 + ($0 % 2 == 0 ? 0 : 0.0004)) }
    let ring = edge.reversed() + [GeoPoint(longitude: 116, latitude: 39), GeoPoint(longitude: 117, latitude: 39), edge[200]]
    return [
      Division(tier: .district, code: "D1", name: "东城", geometryWkb: wkb(ring)),
      Division(tier: .district, code: "D2", name: "西城"),
      Division(
        tier: .street, code: "S1", name: "安定门街道", parentCode: "D1",
        geometryWkb: wkb(
          [(116.3, 39.8), (116.5, 39.8), (116.5, 40), (116.3, 40), (116.3, 39.8)].map { GeoPoint(longitude: $0.0, latitude: $0.1) })),
      Division(tier: .street, code: "S2", name: "别处", parentCode: "D2"),
    ]
  }()

  private static func wkb(_ ring: [GeoPoint]) -> [UInt8] { MultiPolygon(polygons: [[ring]]).wkb }

  @Test func divisionsAreSimplifiedForDisplay() async throws {
    try await IntakeServiceTests.withService { _, client, _, _ in
      _ = try await client.putDivisions { stream in for division in Self.divisions { try await stream.send(division) } }
      func list(_ request: ListDivisionsRequest) async throws -> [Division] { try await client.listDivisions(request).divisions }
      let full = try await list(ListDivisionsRequest(tier: .district, withGeometry: true))[0]
      let simple = try await list(ListDivisionsRequest(tier: .district, withGeometry: true, toleranceDeg: 0.001))[0]
      #expect(try MultiPolygon(wkb: full.geometryWkb).contains(GeoPoint(longitude: 116.5, latitude: 39.9)))
      #expect(try MultiPolygon(wkb: simple.geometryWkb).contains(GeoPoint(longitude: 116.5, latitude: 39.9)))
      #expect(full.geometryWkb.count > 3_000 && simple.geometryWkb.count < 200, "\(simple.geometryWkb.count) bytes")
      #expect(try await list(ListDivisionsRequest(tier: .street, parentCode: "D1")).map(\.code) == ["S1"])
      for odd in [
        ListDivisionsRequest(toleranceDeg: 0.2), ListDivisionsRequest(toleranceDeg: .nan), ListDivisionsRequest(parentCode: "a\0"),
      ] {
        let error = await #expect(throws: RPCError.self) { try await list(odd) }
        #expect(error?.code == .invalidArgument)
      }
    }
  }

  @Test func aPointTellsItsStreet() async throws {
    try await IntakeServiceTests.withService { _, client, _, _ in
      _ = try await client.putDivisions { stream in for division in Self.divisions { try await stream.send(division) } }
      func locate(_ longitude: Double, _ latitude: Double) async throws -> LocatePointResponse {
        try await client.locatePoint(LocatePointRequest(point: Point(longitude: longitude, latitude: latitude)))
      }
      let inside = try await locate(116.4, 39.9)
      #expect(inside.divisions.map(\.name) == ["东城", "安定门街道"] && inside.unplacedReason.isEmpty)
      #expect(inside.divisions.allSatisfy { $0.geometryWkb.isEmpty })
      #expect(try await locate(116.9, 39.5).divisions.map(\.code) == ["D1"])
      let outside = try await locate(10, 10)
      #expect(outside.divisions.isEmpty && outside.unplacedReason == "坐标不在任何区划内" && !outside.unplacedReasonEn.isEmpty)
      #expect(try await client.locatePoint(LocatePointRequest()).unplacedReasonEn.contains("coordinates"))
    }
  }

  @Test func somebodyCanBeCalledBack() async throws {
    try await IntakeServiceTests.withService { _, client, _, _ in
      var named = IntakeServiceTests.request("a")
      named.reporter = Reporter(name: "张三", phone: "13812341234")
      named.keepSeparate = true
      var nameless = IntakeServiceTests.request("b")
      nameless.keepSeparate = true
      let answers = [try await client.submitReport(named), try await client.submitReport(nameless)]
      var reports: [Report] = []
      for answer in answers { reports += try await client.listReports(ListReportsRequest(caseId: answer.caseId)).reports }
      #expect(reports.map(\.hasReporter) == [true, false])
      #expect(reports[0].reporter?.phone == "138****1234" && reports[1].reporter == nil)
    }
  }
}
