import CityModel
import Testing

@testable import ChengyunDomain

@Suite("Replay plans")
struct ReplayPlanTests {
  private func item(_ id: Int, created: Int64, ended: Int64?, kind: String = "k", owner: String = "", crew: String = "") -> SourceCase {
    SourceCase(
      line: id + 2, id: "\(id)", created: Instant(seconds: created), due: nil, ended: ended.map { Instant(seconds: $0) },
      outcome: ended == nil ? .open : .closed, status: "", kind: kind, channel: .hotline, place: Place(), coordinateDoubt: nil,
      owner: owner,
      crew: crew, text: "", note: "")
  }

  @Test(arguments: [1, 2, 3, 500])
  func windowsHoldEveryActionOnceInOrder(_ limit: Int) {
    var random = SplitMix(state: 42)
    let cases = (0..<200).map { index in
      let created = Int64(random.next() % 10_000)
      let ended = random.next() % 5 == 0 ? nil : created + Int64(random.next() % 2_000) - 500
      return item(index, created: created, ended: ended)
    }
    let plan = ReplayPlan(cases, windowLimit: limit)
    #expect(plan.windows.flatMap(\.reports).sorted() == Array(0..<200))
    #expect(plan.windows.flatMap(\.endings).sorted() == cases.indices.filter { cases[$0].ended != nil })
    #expect(plan.windows.allSatisfy { $0.count <= limit })
    #expect(zip(plan.windows, plan.windows.dropFirst()).allSatisfy { $0.end <= $1.end })
    #expect(plan.actionCount == plan.windows.map(\.count).reduce(0, +))
    for (number, window) in plan.windows.enumerated() {
      for index in window.endings {
        let reported = plan.windows.firstIndex { $0.reports.contains(index) }
        #expect(reported.map { $0 <= number } == true, "case \(index) ends in window \(number), before it is reported")
      }
    }
  }

  @Test func nothingMakesNoWindow() {
    let plan = ReplayPlan([])
    #expect(plan.windows.isEmpty)
    #expect(plan.begin == nil)
  }

  @Test func setUpHasEveryKindOwnerAndCrewOnce() throws {
    let cases = [
      item(0, created: 1, ended: nil, kind: "b", owner: "Y", crew: "y2"), item(1, created: 1, ended: nil, kind: "a", owner: "X"),
      item(2, created: 1, ended: nil, kind: "b", owner: "Y", crew: "y1"), item(3, created: 1, ended: nil, kind: "b", owner: "X"),
      item(4, created: 1, ended: nil, kind: "c"),
    ]
    let setUp = CitySetUp(cases, try Mapping(json: Array(goodMapping.utf8)))
    #expect(setUp.kinds.map(\.code) == ["a", "b", "c"])
    #expect(setUp.departments.map(\.code) == ["X", "Y"])
    #expect(setUp.departments[1].crews == ["y1", "y2"])
    #expect(setUp.responsibilities.map { "\($0.kind) \($0.department)" } == ["a X", "b Y"])
    #expect(setUp.standards.allSatisfy { $0.unit == .none && !$0.checkRequired })
  }
}

/// SplitMix64, seeded: the same cases in every run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
