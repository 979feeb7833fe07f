import CityModel
import DispatchDomain

/// Friday, 2017-12-01, 16:00 in Shanghai.
let filedAt = Instant(seconds: 1_512_115_200)

func hours(_ count: Double) -> Duration { .seconds(count * 3_600) }

let shanghai = CityTimeZone(name: "Asia/Shanghai", fixedOffset: 8 * 3_600)
let city = CityCalendar(version: "2017", WorkCalendar(timeZone: shanghai))
let machine = CaseMachine(city: city, recordedAt: filedAt + hours(10_000))
let matrix = ResponsibilityMatrix(version: "m1", [Responsibility(kind: "0110", area: "", department: "环卫", crew: "一班")])

func filing(
  limit: HandlingLimit? = HandlingLimit(8, .workingHour), due: Instant? = nil, check: Bool = true, owner: String = "", kind: String = "0110"
) -> Filing {
  Filing(
    id: Identifier(high: 1, low: 2), number: "171201-000001-1", channel: 1, kind: kind, kindName: "暴露生活垃圾", kindNameEnglish: "Litter",
    text: "路口有垃圾", place: Place(address: "人民路", districtCode: "D1", streetCode: "S1"), unplaced: false,
    standard: FilingStandard(id: "0110", version: "1", limit: limit, checkRequired: check), due: due, ownerDepartment: owner, ownerCrew: "",
    urgent: false, duplicateOf: nil, externalRef: "", filedAt: filedAt)
}

func filed(_ filing: Filing, by machine: CaseMachine = machine, matrix: ResponsibilityMatrix = matrix) -> CaseFile {
  let (before, facts) = machine.file(filing, matrix: matrix)
  return before.applying(facts)
}

extension CaseFile {
  func applying(_ facts: [Fact]) -> CaseFile {
    var file = self
    for fact in facts { file.apply(fact) }
    return file
  }

  /// After a command that must succeed.
  func after(_ command: Command, by machine: CaseMachine = machine) throws -> CaseFile {
    applying(try machine.decide(self, command))
  }
}

/// A command that carries everything any row may ask for.
func command(_ kind: CommandKind, as role: Role = .operator, at: Instant = filedAt + hours(1), reason: String = "因为") -> Command {
  Command(
    kind, by: Actor(id: "42", role: role, name: "张三"), at: at, reason: reason, department: "市政", crew: "二班", authority: "国家电网",
    place: Place(districtCode: "D2"))
}

/// A case in each state, reached by commands only.
func caseFile(in state: CaseState, check: Bool = true) throws -> CaseFile {
  let dispatched = filed(filing(check: check))
  return switch state {
  case .pendingDispatch: filed(filing(check: check), matrix: .empty)
  case .dispatched: dispatched
  case .handling: try dispatched.after(command(.accept))
  case .returned: try dispatched.after(command(.returnTask))
  case .handled: try dispatched.after(command(.reportHandled))
  case .pendingClose: try dispatched.after(command(.reportHandled)).after(command(.passCheck))
  case .closed: try dispatched.after(command(.reportHandled)).after(command(.passCheck)).after(command(.close))
  case .cancelled: try dispatched.after(command(.cancel))
  case .referred: try dispatched.after(command(.refer))
  }
}
