import ConsoleDomain
import Testing

@Suite struct EventTests {
  @Test func anEventIsTwoLines() {
    let event = ServerSentEvent("case", ["text": "a\nb"])
    #expect(String(decoding: event.rendered(), as: UTF8.self) == "event: case\ndata: {\"text\":\"a\\nb\"}\n\n")
  }

  @Test(
    arguments: [
      (["department"], "A", "", "A", "1", true), (["department"], "A", "", "B", "1", false), (["crew"], "A", "", "B", "1", false),
      (["department", "centre"], "A", "", "B", "1", true), (["dispatcher"], "", "1", "B", "1", true),
      (["dispatcher"], "", "1", "B", "2", false),
      (["centre"], "", "", "", "", true),
    ] as [([String], String, String, String, String, Bool)])
  func whoSeesWhat(roles: [String], own: String, ownDistrict: String, department: String, district: String, expected: Bool) {
    let sight = Sight(roles: Set(roles), department: own, district: ownDistrict)
    #expect(sight.covers(department: department, district: district) == expected)
  }

  @Test func tablesOpenInSpreadsheetsAndRunNothing() {
    var table = CSVTable(header: ["a", "b"])
    table.append(["=1+1", "say \"hi\", 你好"])
    table.append(["-1.5", "+86"])
    #expect(
      String(decoding: table.rendered().dropFirst(3), as: UTF8.self)
        == "a,b\r\n'=1+1,\"say \"\"hi\"\", 你好\"\r\n-1.5,+86\r\n")
  }
}
