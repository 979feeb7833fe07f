import CityModel
import Testing

@testable import ChengyunDomain

@Suite("Division files")
struct DivisionTests {
  private let file = DivisionFile(tier: .district, file: "d.geojson", line: 9, codeProperty: "id", nameProperty: "name")

  private func feature(_ id: String, _ geometry: String) -> String {
    "{\"type\":\"Feature\",\"properties\":{\"id\":\(id),\"name\":\"N\"},\"geometry\":\(geometry)}"
  }

  private func collection(_ features: [String]) -> [UInt8] {
    Array("{\"type\":\"FeatureCollection\",\"features\":[\(features.joined(separator: ",\n"))]}".utf8)
  }

  private let square = "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[2,0],[2,2],[0,2],[0,0]]]}"

  @Test func makesWellKnownBinaryThatThePlatformReads() throws {
    let shapes = try file.shapes(of: collection([feature("7", square)]))
    #expect(shapes.map(\.code) == ["7"])
    let polygon = try MultiPolygon(wkb: shapes[0].wkb)
    #expect(polygon.contains(GeoPoint(longitude: 1, latitude: 1)))
    #expect(!polygon.contains(GeoPoint(longitude: 3, latitude: 1)))
  }

  @Test func featuresOfOneCodeBecomeOneDivision() throws {
    let other = "{\"type\":\"MultiPolygon\",\"coordinates\":[[[[4,4],[5,4],[5,5],[4,4]]]]}"
    let shapes = try file.shapes(of: collection([feature("\"a\"", square), feature("\"b\"", square), feature("\"a\"", other)]))
    #expect(shapes.map(\.code) == ["a", "b"])
    #expect(try MultiPolygon(wkb: shapes[0].wkb).contains(GeoPoint(longitude: 4.9, latitude: 4.5)))
  }

  @Test(arguments: [
    "{}", "[1", "{\"type\":\"FeatureCollection\",\"features\":[]}",
    "{\"features\":[{\"properties\":{\"id\":\"1\",\"name\":\"n\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[0,0]}}]}",
    "{\"features\":[{\"properties\":{\"name\":\"n\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]]}}]}",
    #"{"features":[{"properties":{"id":"1","name":"n"},"geometry":{"type":"Polygon","#
      + "\"coordinates\":[[[0,0],[1,\"x\"],[1,1],[0,0]]]}}]}",
  ])
  func refusesWhatItCannotUse(_ text: String) {
    #expect { _ = try file.shapes(of: Array(text.utf8)) } throws: { ($0 as? MappingError)?.faults.first?.line == 9 }
  }
}

@Suite("Sensor files")
struct SensorTests {
  private let good = """
    {
      "assets": [{"code": "A", "kind": "road", "longitude": 1, "latitude": 2}],
      "sensors": [
        {"code": "S", "asset": "A", "interval_s": 300,
         "rule": {"direction": "above", "thresholds": [{"severity": "red", "limit": 5}], "silence_after_s": 60},
         "series": {"file": "s.csv", "time": "t", "value": "v", "format": "iso8601"}}
      ]
    }
    """

  @Test func readsEverything() throws {
    let file = try SensorFile(json: Array(good.utf8))
    #expect(file.sensors[0].place.point == GeoPoint(longitude: 1, latitude: 2))
    #expect(file.sensors[0].caseKind == "lifeline-alarm")
    #expect(file.sensors[0].rule?.thresholds == [.init(severity: .red, limit: 5)])
    #expect(file.sensors[0].rule?.silenceSeverity == .yellow)
  }

  @Test(arguments: [
    ("\"asset\": \"A\"", "\"asset\": \"B\"", 4, "sensors[0].asset"), ("\"above\"", "\"beside\"", 5, "sensors[0].rule.direction"),
    ("\"limit\": 5", "\"limit\": \"5\"", 5, "sensors[0].rule.thresholds[0].limit"), ("\"longitude\": 1, ", "", 2, "assets[0]"),
    ("\"file\": \"s.csv\", ", "", 6, "sensors[0].series.file"), ("\"interval_s\": 300", "\"interval_s\": -1", 4, "sensors[0].interval_s"),
  ])
  func namesLineAndField(_ old: String, _ new: String, _ line: Int, _ field: String) throws {
    let text = try #require(good.replacingFirst(old, with: new))
    #expect { _ = try SensorFile(json: Array(text.utf8)) } throws: { error in
      (error as? MappingError)?.faults.contains { $0.line == line && $0.field == field } == true
    }
  }

  @Test func blanksAreGapsAndNonsenseIsAFault() throws {
    let series = try #require(try SensorFile(json: Array(good.utf8)).sensors[0].series)
    var reader = try series.makeReader(sensor: 0)
    func record(_ fields: [String]) -> CSVRecord { CSVRecord(line: 1, fields: fields, raw: "", fault: nil) }
    #expect(try reader.read(record(["t", "v"])) == nil)
    #expect(try reader.read(record(["2003-08-11T00:00:00Z", ""])) == nil)
    #expect(try reader.read(record(["2003-08-11T00:15:00Z", "0.5"]))?.value == 0.5)
    #expect(throws: RowFault.self) { try reader.read(record(["2003-08-11T00:15:00Z", "wet"])) }
    #expect(throws: RowFault.self) { try reader.read(record(["noon", "1"])) }
  }

  @Test(arguments: [1, 10, 1_000])
  func windowsKeepEveryReadingInOrder(_ limit: Int) {
    let readings = (0..<500).map { Reading(sensor: $0 % 3, at: Instant(seconds: Int64(($0 * 7_919) % 500) * 3_600), value: 0) }
    let plan = SensorPlan(readings, windowLimit: limit)
    #expect(plan.windows.map(\.count).reduce(0, +) == 500)
    #expect(zip(plan.windows.joined(), plan.windows.joined().dropFirst()).allSatisfy { $0.at <= $1.at })
    #expect(plan.windows.allSatisfy { $0.count <= limit && $0.last!.at - $0.first!.at < SensorPlan.windowSpan })
  }
}
