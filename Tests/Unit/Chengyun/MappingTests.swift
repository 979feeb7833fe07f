import CityModel
import Testing

@testable import ChengyunDomain

/// A mapping that is right, with places to be made wrong.
let goodMapping = """
  {
    "source": "test",
    "city": "testville",
    "time_zone": "Asia/Shanghai",
    "id": "ID",
    "times": {
      "format": "yyyy-MM-dd HH:mm",
      "created": "Created",
      "due": {"column": "Due", "end_of_day": true, "format": "yyyy-MM-dd"},
      "ended": ["Closed", "Updated"]
    },
    "place": {
      "longitude": "Lon", "latitude": "Lat", "district": "D",
      "valid": {"west": 100, "south": 20, "east": 120, "north": 40},
      "unknown": [[110, 30]]
    },
    "kind": "Kind",
    "channel": {"column": "Via", "values": {"Tel": "hotline"}, "default": "web"},
    "owner": {"column": "Owner", "values": {"Old": "NEW"}},
    "status": {"column": "State",
      "values": {"done": "closed", "dup": "closed_duplicate", "gone": "referred", "void": "cancelled", "new": "open"}},
    "text": ["Kind", "Note"],
    "standards": [{"kind": "hole", "limit": 2, "unit": "urgent_hours", "urgent": true}]
  }
  """

let goodHeader = ["ID", "Created", "Due", "Closed", "Updated", "Lon", "Lat", "D", "Kind", "Via", "Owner", "State", "Note"]

@Suite("Mapping files")
struct MappingTests {
  @Test func readsEverything() throws {
    let mapping = try Mapping(json: Array(goodMapping.utf8))
    #expect(mapping.source == "test")
    #expect(mapping.due?.endOfDay == true)
    #expect(mapping.ended.columns.map(\.name) == ["Closed", "Updated"])
    #expect(mapping.channel.values == ["Tel": .hotline])
    #expect(mapping.status.values["dup"] == .closedDuplicate)
    #expect(mapping.place.unknown == [GeoPoint(longitude: 110, latitude: 30)])
    #expect(mapping.standards[0].unit == .urgentHours)
  }

  /// Each change of one text makes one fault, on its line and with its field.
  @Test(arguments: [
    ("\"city\": \"testville\",", "", 1, "city"),
    ("\"Asia/Shanghai\"", "\"Asia/Nowhere\"", 4, "time_zone"),
    ("\"ID\"", "7", 5, "id"),
    ("\"yyyy-MM-dd HH:mm\"", "\"yyyy-MM HH:mm\"", 7, "times.format"),
    ("\"end_of_day\": true", "\"end_of_day\": \"yes\"", 9, "times.due.end_of_day"),
    ("\"west\": 100", "\"west\": 130", 14, "place.valid"),
    ("[[110, 30]]", "[[110]]", 15, "place.unknown[0]"),
    ("\"latitude\": \"Lat\", ", "", 12, "place"),
    ("\"hotline\"", "\"telepathy\"", 18, "channel.values.Tel"),
    ("\"void\": \"cancelled\"", "\"void\": \"lost\"", 21, "status.values.void"),
    ("\"kind\": \"Kind\"", "\"kind\": \"Kind\", \"colour\": \"C\"", 17, "colour"),
    ("\"limit\": 2", "\"limit\": 0", 23, "standards[0].limit"),
    ("\"urgent_hours\"", "\"fortnights\"", 23, "standards[0].unit"),
  ])
  func namesLineAndField(_ old: String, _ new: String, _ line: Int, _ field: String) throws {
    let text = try #require(goodMapping.replacingFirst(old, with: new))
    #expect { _ = try Mapping(json: Array(text.utf8)) } throws: { error in
      guard let error = error as? MappingError else { return false }
      return error.faults.contains { $0.line == line && $0.field == field }
    }
  }

  @Test func namesAllFaultsAtOnce() {
    #expect { _ = try Mapping(json: Array("{\"source\": 1,\n\"x\": 2}".utf8)) } throws: {
      (($0 as? MappingError)?.faults.count ?? 0) >= 8
    }
  }

  @Test func missingColumnsAreNamedWithTheirLineInTheMapping() throws {
    let mapping = try Mapping(json: Array(goodMapping.utf8))
    #expect { _ = try RowReader(mapping, header: goodHeader.filter { $0 != "Due" }) } throws: {
      ($0 as? MappingError)?.faults.map { "\($0.line) \($0.field)" } == ["9 times.due.column"]
    }
  }
}

@Suite("Rows")
struct RowTests {
  private let reader: RowReader

  init() throws { reader = try RowReader(try Mapping(json: Array(goodMapping.utf8)), header: goodHeader) }

  private func row(_ changes: [String: String] = [:]) -> CSVRecord {
    var values = [
      "ID": "1", "Created": "2024-03-01 08:00", "Due": "2024-03-05", "Closed": "2024-03-02 09:00", "Updated": "2024-03-09 09:00",
      "Lon": "110.5",
      "Lat": "30.5", "D": "d1", "Kind": "hole", "Via": "Tel", "Owner": "Old", "State": "done", "Note": "deep",
    ]
    for (name, value) in changes { values[name] = value }
    return CSVRecord(line: 7, fields: goodHeader.map { values[$0]! }, raw: "", fault: nil)
  }

  @Test func understandsARow() throws {
    let item = try reader.read(row())
    #expect(item.id == "1")
    #expect("\(item.created)" == "2024-03-01T00:00:00Z")
    #expect("\(item.due!)" == "2024-03-05T15:59:59.999999Z")
    #expect("\(item.ended!)" == "2024-03-02T01:00:00Z")
    #expect(item.place.point == GeoPoint(longitude: 110.5, latitude: 30.5))
    #expect(item.place.districtCode == "d1")
    #expect(item.owner == "NEW")
    #expect(item.text == "hole, deep")
    #expect(item.line == 7)
  }

  @Test func aBlankTimeFallsBackToTheNextColumn() throws {
    #expect("\(try reader.read(row(["Closed": ""])).ended!)" == "2024-03-09T01:00:00Z")
  }

  @Test func anOpenRowHasNoEnd() throws { #expect(try reader.read(row(["State": "new"])).ended == nil) }

  @Test func closedBeforeCreatedTakesEffectAtItsCreation() throws {
    let item = try reader.read(row(["Closed": "2024-02-20 09:00"]))
    #expect(item.ended! < item.created)
    #expect(item.endTakesEffect == item.created)
  }

  @Test(arguments: [("39.0", "-77"), ("x", "30"), ("110", "30"), ("0", "0"), ("", "30"), ("200", "30")])
  func coordinatesNotToBelieveAreLeftOut(_ longitude: String, _ latitude: String) throws {
    let item = try reader.read(row(["Lon": longitude, "Lat": latitude]))
    #expect(item.place.point == nil)
    #expect(item.coordinateDoubt != nil)
    #expect(item.place.districtCode == "d1")
  }

  @Test func missingCoordinatesAreNoDoubt() throws {
    #expect(try reader.read(row(["Lon": "", "Lat": " "])).coordinateDoubt == nil)
  }

  @Test(arguments: [
    (["ID": ""], "ID"), (["Created": "yesterday"], "Created"), (["Created": ""], "Created"), (["State": "lost"], "State"),
    (["Kind": " "], "Kind"),
    (["Closed": "", "Updated": ""], "Closed"), (["Due": "2024-02-30"], "Due"),
  ])
  func wrongRowsSayWhichColumn(_ changes: [String: String], _ column: String) {
    #expect { _ = try reader.read(row(changes)) } throws: { ($0 as? RowFault)?.description.hasPrefix(column + ":") == true }
  }

  @Test func raggedRowsAreFaults() {
    #expect(throws: RowFault.self) { try reader.read(CSVRecord(line: 2, fields: ["1", "2"], raw: "1,2", fault: nil)) }
  }

  @Test func unknownChannelsTakeTheDefault() throws {
    #expect(try reader.read(row(["Via": "Smoke"])).channel == .web)
  }
}

extension String {
  func replacingFirst(_ old: String, with new: String) -> String? {
    guard let range = firstRange(of: old) else { return nil }
    return String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
  }
}
