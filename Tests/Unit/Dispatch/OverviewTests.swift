import CityModel
import DispatchDomain
import Testing

@Suite struct OverviewTests {
  private func cell(_ district: String, _ department: String, _ state: CaseState, overdue: Bool = false, _ count: Int64) -> OverviewCell {
    OverviewCell(
      area: OverviewArea(district: district, department: department), state: state, overdue: overdue, supervised: overdue,
      unplaced: district.isEmpty, urgent: false, count: count)
  }

  @Test func `sums up everything, a district or a department`() {
    let cells = [
      cell("D1", "环卫", .handling, 5), cell("D1", "环卫", .handling, overdue: true, 2), cell("D1", "", .pendingDispatch, 3),
      cell("D2", "市政", .returned, 4), cell("", "", .pendingDispatch, 1),
    ]
    let all = Overview(cells, district: "", department: "")
    #expect(all.open == 15 && all.overdue == 2 && all.supervised == 2 && all.undispatched == 4 && all.returned == 4 && all.unplaced == 1)
    #expect(all.byState == [.handling: 7, .pendingDispatch: 4, .returned: 4])
    #expect(all.byDistrict["D1"] == Overview.Share(open: 10, overdue: 2) && all.byDistrict[""]?.open == 1)
    #expect(Overview(cells, district: "D1", department: "").open == 10)
    #expect(Overview(cells, district: "", department: "市政").byDepartment == ["市政": Overview.Share(open: 4)])
    #expect(Overview(cells, district: "D2", department: "环卫") == Overview([], district: "", department: ""))
  }

  @Test func `the hours of the day so far and the last thirty days`() {
    // Friday, 2017-12-01, 16:00 in Shanghai.
    let steps = OverviewSteps(at: filedAt, shanghai)
    #expect(steps.hours.count == 17 && steps.today == filedAt - hours(16) && steps.hours.last == filedAt)
    #expect(steps.days.count == 30 && steps.days.first == steps.today - hours(24 * 29) && steps.tomorrow == filedAt + hours(8))
    #expect(OverviewSteps(at: steps.today, shanghai).hours == [steps.today])
  }
}
