import CityModel
import DispatchDomain
import Testing

@Suite struct OpenCasesTests {
  private func openCase(
    _ number: UInt64, at point: (Double, Double)? = (116.4, 39.9), _ flags: OpenCase.Flags = [], state: CaseState = .handling,
    kind: String = "k1",
    department: String = "环卫", district: String = "D1"
  ) -> OpenCase {
    OpenCase(
      id: Identifier(high: 7, low: number), number: "20171201\(number)", state: state, kind: kind, department: department,
      crew: "一班", district: district, street: "S\(number % 2)", point: point.map { GeoPoint(longitude: $0.0, latitude: $0.1) }, flags: flags
    )
  }

  private func cases(_ open: [OpenCase]) -> OpenCases {
    var cases = OpenCases()
    cases.update([], open: open)
    return cases
  }

  @Test func `counts follow what becomes of each case: filed, changed, moved, ended, and told of twice`() throws {
    var cases = cases((1...5).map { openCase($0) })
    #expect(cases.count == 5)
    cases.update([openCase(1).id, openCase(2).id], open: [openCase(2, state: .returned)])
    #expect(cases.count == 4 && cases.count(OpenCaseFilter(states: [.returned])) == 1)
    cases.update([openCase(2).id], open: [openCase(2, at: (-118.24, 34.05), state: .returned)])
    let moved = try #require(MapTile(zoom: 8, column: 43, row: 102))
    #expect(!cases.content(of: moved, OpenCaseFilter()).encoded().isEmpty)
    cases.update([openCase(2).id, openCase(9).id], open: [openCase(2, at: nil)])
    #expect(cases.count == 4 && cases.content(of: moved, OpenCaseFilter()).encoded().isEmpty)
    cases.update([], open: [openCase(2, at: nil)])
    #expect(cases.count == 4, "the same one again")
    cases.update(Set((1...9).map { openCase($0).id }), open: [])
    #expect(cases.count == 0 && cases.overviewCells().isEmpty)
  }

  @Test func `what does not fit is known to be missing, and when there is room again`() {
    var cases = OpenCases(limit: 20)
    cases.update([], open: (1...20).map { openCase($0) })
    #expect(!cases.isIncomplete)
    cases.update([], open: [openCase(3, state: .returned), openCase(21)])
    #expect(cases.count == 20 && cases.isIncomplete && !cases.hasRoomAgain)
    #expect(cases.count(OpenCaseFilter(states: [.returned])) == 1, "what is there goes on changing")
    cases.update(Set((1...3).map { openCase($0).id }), open: [])
    #expect(cases.count == 17 && cases.hasRoomAgain)
  }

  @Test func `every condition narrows, and a code that no case has leaves none`() {
    let cases = cases([
      openCase(1, [.overdue]), openCase(2, [.urgent, .overdue], state: .dispatched), openCase(3, kind: "k2"),
      openCase(4, [.supervised], department: "市政"), openCase(5, at: nil, [.unplaced], district: "D2"),
    ])
    let expected: [(OpenCaseFilter, Int)] = [
      (OpenCaseFilter(), 5), (OpenCaseFilter(states: [.handling]), 4), (OpenCaseFilter(states: [.dispatched, .handling]), 5),
      (OpenCaseFilter(kinds: ["k2"]), 1), (OpenCaseFilter(kinds: ["k1", "k2"]), 5), (OpenCaseFilter(kinds: ["k9"]), 0),
      (OpenCaseFilter(departments: ["市政", "园林"]), 1), (OpenCaseFilter(departments: ["园林"]), 0), (OpenCaseFilter(district: "D2"), 1),
      (OpenCaseFilter(district: "D9"), 0), (OpenCaseFilter(flags: [.overdue]), 2), (OpenCaseFilter(flags: [.overdue, .urgent]), 1),
      (OpenCaseFilter(flags: [.unplaced]), 1), (OpenCaseFilter(crew: "一班"), 5), (OpenCaseFilter(crew: "二班"), 0),
      (OpenCaseFilter(street: "S1"), 3), (OpenCaseFilter(district: "D1", street: "S1", flags: [.overdue]), 1),
      (OpenCaseFilter(states: [.closed]), 0),
    ]
    for (filter, count) in expected { #expect(cases.count(filter) == count, "\(filter)") }
  }

  @Test func `the overview's cells tell apart what it counts`() {
    let cells = cases([
      openCase(1), openCase(2), openCase(3, [.overdue, .supervised]), openCase(4, at: nil, [.unplaced, .urgent], district: "D2"),
    ])
    .overviewCells()
    #expect(cells.count == 3)
    let whole = Overview(cells, district: "", department: "")
    #expect(whole.open == 4 && whole.overdue == 1 && whole.supervised == 1 && whole.unplaced == 1 && whole.urgent == 1)
    #expect(Overview(cells, district: "D2", department: "环卫").open == 1)
  }
}
