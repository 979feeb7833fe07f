import ConsoleDomain
import Testing

@Suite struct EventTests {
  @Test func anEventIsTwoLines() {
    let event = ServerSentEvent("case", ["text": "a\nb"])
    #expect(String(decoding: event.rendered(), as: UTF8.self) == "event: case\ndata: {\"text\":\"a\\nb\"}\n\n")
  }

  /// Roles, the account's department, crew and district; the case's; whether it is seen.
  @Test(
    arguments: [
      (["department"], ["A", "", ""], ["A", "", "1"], true), (["department"], ["A", "", ""], ["B", "", "1"], false),
      (["department"], ["A", "c1", ""], ["A", "c2", "1"], true), (["crew"], ["A", "c1", ""], ["A", "c1", "1"], true),
      (["crew"], ["A", "c1", ""], ["A", "c2", "1"], false), (["crew"], ["A", "c1", ""], ["B", "c1", "1"], false),
      (["crew"], ["A", "", ""], ["A", "", "1"], false), (["crew"], ["", "", ""], ["", "", "1"], false),
      (["crew", "department"], ["A", "c1", ""], ["A", "c2", "1"], true), (["department", "centre"], ["A", "", ""], ["B", "", "1"], true),
      (["dispatcher"], ["", "", "1"], ["B", "", "1"], true), (["dispatcher"], ["", "", "1"], ["B", "", "2"], false),
      (["crew"], ["A", "c1", "1"], ["A", "c1", "2"], false), (["centre"], ["", "", ""], ["", "", ""], true),
      (["department", "administrator"], ["A", "", ""], ["B", "", "1"], false), (["evaluator"], ["A", "", ""], ["B", "", "1"], true),
      (["administrator"], ["A", "", ""], ["A", "", "1"], false), (["auditor"], ["", "", ""], ["", "", ""], false),
      ([], ["", "", ""], ["", "", ""], false), (["king"], ["A", "", ""], ["A", "", "1"], false),
    ] as [([String], [String], [String], Bool)])
  func whoSeesWhat(roles: [String], own: [String], found: [String], expected: Bool) {
    let sight = Sight(roles: Set(roles), department: own[0], crew: own[1], district: own[2])
    #expect(sight.covers(department: found[0], crew: found[1], district: found[2]) == expected)
  }

  @Test func tablesOpenInSpreadsheetsAndRunNothing() {
    func line(_ cells: String...) -> String { String(decoding: CSVTable.line(cells), as: UTF8.self) }
    #expect(line("=1+1", "say \"hi\", 你好") == "'=1+1,\"say \"\"hi\"\", 你好\"\r\n")
    #expect(line("-1.5", "+86", "-", "-inf", "") == "-1.5,+86,'-,'-inf,\r\n")
    #expect(line("@x", " =x", "＝x", "\t=x", "a=x", "\n") == "'@x,' =x,'＝x,'\t=x,a=x,\"'\n\"\r\n")
  }

  @Test(
    arguments: [
      (["centre"], "", "D2", true), (["supervisor"], "D1", "D1", true), (["supervisor"], "D1", "D2", false), (["crew"], "D1", "", true),
      (["administrator"], "", "", false),
    ] as [([String], String, String, Bool)])
  func whoSeesWhichAlarm(roles: [String], own: String, district: String, expected: Bool) {
    #expect(Sight(roles: Set(roles), department: "", crew: "", district: own).coversAlarm(district: district) == expected)
  }
}
