import CityModel
import Testing

@testable import ChengyunDomain
@testable import ChengyunService

@Suite("Extracts")
struct ReplayInputTests {
  /// The bundled examples, found from this file.
  private static let examples =
    Files.folder(of: Files.folder(of: Files.folder(of: Files.folder(of: #filePath)))) + "/Services/Chengyun/Examples"
  private static let baltimore =
    Files.folder(of: Files.folder(of: Files.folder(of: Files.folder(of: Files.folder(of: #filePath)))))
    + "/shared/data/us_311/baltimore.csv.gz"

  @Test func losAngelesIsUnderstoodWhole() throws {
    let input = try ReplayInput.load(
      mappingPath: Self.examples + "/los-angeles/mapping.json", csvPath: Self.examples + "/los-angeles/requests_2017-12.csv.gz", limit: nil)
    let cases = input.plan.cases
    #expect(cases.count == 9_999 && input.rejected.isEmpty)
    #expect(Outcome.allCases.map { outcome in cases.count { $0.outcome == outcome } } == [5, 9_739, 0, 246, 9])
    #expect(cases.count { $0.outcome.isEnded && $0.due == nil } == 495)
    #expect(cases.count { $0.place.point == nil } == 1_753)
    #expect(cases.count { ($0.ended ?? $0.created) < $0.created } == 12)
    #expect(input.divisions.count == 114)
    #expect(input.setUp.kinds.count == 12 && input.setUp.departments.map(\.code) == ["BOS", "BSL", "ITA", "LADWP", "OCB"])
  }

  @Test(.enabled(if: Files.exists(Self.baltimore), "the sample is not bundled"))
  func baltimoreNeedsAMappingOnly() throws {
    let input = try ReplayInput.load(mappingPath: Self.examples + "/baltimore/mapping.json", csvPath: Self.baltimore, limit: nil)
    let cases = input.plan.cases
    #expect(cases.count == 5_089 && input.rejected.isEmpty)
    #expect(cases.count { $0.coordinateDoubt != nil } >= 497)
    #expect(cases.allSatisfy { $0.coordinateDoubt == nil || ($0.place.point == nil && $0.place.districtCode.isEmpty) })
  }

  @Test func badRowsAreRejectedWithTheirLinesAndTheRestIsTaken() throws {
    let scratch = try Scratch()
    let csv = scratch.path + "/rows.csv"
    let mapping = scratch.path + "/mapping.json"
    try Files.write(
      Array(
        """
        {"source": "s", "city": "c", "time_zone": "UTC", "id": "id", "times": {"format": "iso8601", "created": "at", "ended": "end"},
         "kind": "kind", "channel": {"default": "web"}, "status": {"column": "state", "values": {"done": "closed", "new": "open"}}}
        """.utf8), to: mapping, mode: 0o600)
    let text =
      "id,at,end,kind,state\n1,2024-01-01,2024-01-02,a,done\n2,nonsense,,a,new\n3,2024-01-01,,a\n4,2024-01-01,,a,done\n"
      + "1,2024-01-01,,a,new\n5,2024-01-03,,b,new\n"
    try Files.write(Array(text.utf8), to: csv, mode: 0o600)
    let input = try ReplayInput.load(mappingPath: mapping, csvPath: csv, limit: nil)
    #expect(input.plan.cases.map(\.id) == ["1", "5"])
    #expect(input.rejected.map(\.line) == [3, 4, 5, 6])
    try RejectedRow.store(input.rejected, to: scratch.path + "/rejects.csv")
    let lines = try #require(Files.readText(scratch.path + "/rejects.csv")).split(separator: "\n")
    #expect(lines.count == 5 && lines[2] == "4,\"the row has 4 fields, the header 5\",\"3,2024-01-01,,a\"")
    let limited = try ReplayInput.load(mappingPath: mapping, csvPath: csv, limit: 1)
    #expect(limited.plan.cases.count == 1 && limited.contentHash != input.contentHash)
  }

  @Test func aMappingThatIsWrongNamesFileLineAndField() throws {
    let scratch = try Scratch()
    let mapping = scratch.path + "/mapping.json"
    try Files.write(Array("{\n\"source\": 1\n}".utf8), to: mapping, mode: 0o600)
    #expect { _ = try ReplayInput.load(mappingPath: mapping, csvPath: "/none", limit: nil) } throws: {
      "\($0)".contains("\(mapping): line 2: source: a text is expected")
    }
  }
}
