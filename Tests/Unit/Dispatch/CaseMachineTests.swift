import CityModel
import DispatchDomain
import Testing

@Suite struct CaseMachineTests {
  @Test func `a case that the matrix knows is filed and dispatched at once`() {
    let (before, facts) = machine.file(filing(), matrix: matrix)
    #expect(before.version == 0)
    #expect(facts.map(\.kind) == [.filed, .dispatched])
    #expect(facts.map(\.occurredAt) == [filedAt, filedAt])
    let file = before.applying(facts)
    #expect((file.state, file.department, file.crew) == (.dispatched, "环卫", "一班"))
    let reason = facts[1].dispatchReason
    #expect(reason?.rule == .matrix && reason?.matrixVersion == "m1" && reason?.matched?.kind == "0110")
    #expect(facts[1].deadline == nil, "dispatched in the same instant: the deadline of the filing stands")
  }

  @Test func `the owner that the source names comes before the matrix`() {
    let (_, facts) = machine.file(filing(owner: "城管"), matrix: matrix)
    #expect(facts[1].department == "城管" && facts[1].dispatchReason?.rule == .source)
  }

  @Test func `nobody known means that a person must dispatch, with the reason`() throws {
    let (before, facts) = machine.file(filing(kind: "9999"), matrix: matrix)
    #expect(facts.map(\.kind) == [.filed, .notDispatchable])
    #expect(facts[1].reason.contains("S1") && !facts[1].reasonEnglish.isEmpty)
    let file = try before.applying(facts).after(command(.dispatch, as: .dispatcher, at: filedAt + hours(3)))
    #expect(file.state == .dispatched && file.department == "市政")
  }

  @Test func `a task that nobody accepted is accepted by its handling`() throws {
    let facts = try machine.decide(try caseFile(in: .dispatched), command(.reportHandled, as: .crew))
    #expect(facts.map(\.kind) == [.accepted, .handled])
    #expect(!facts[0].reason.isEmpty)
  }

  @Test func `a case that needs no check is closed straight after its handling`() throws {
    let file = try caseFile(in: .handled, check: false).after(command(.close, as: .department))
    #expect(file.state == .closed && file.endedAt == filedAt + hours(1))
    #expect(throws: Refusal.checkRequired) { try machine.decide(try caseFile(in: .handled), command(.close)) }
  }

  @Test func `closed before it was filed is kept and flagged`() throws {
    let early = filedAt - hours(48)
    let handled = try machine.decide(try caseFile(in: .dispatched, check: false), command(.reportHandled, at: early))
    #expect(handled.map(\.outOfOrder) == [true, true])
    let file = try caseFile(in: .dispatched, check: false).applying(handled).after(command(.close, at: early))
    #expect(file.endedAt == early && file.state == .closed)
  }

  @Test func `a reopened case goes back to who handled it, at most so often`() throws {
    var file = try caseFile(in: .closed, check: false)
    for round in 1...3 {
      let facts = try machine.decide(file, command(.reopen, as: .citizen))
      #expect(facts.map(\.kind) == [.reopened, .dispatched])
      #expect(facts[1].dispatchReason?.rule == .reopened)
      file = file.applying(facts)
      #expect(file.reopenCount == Int32(round) && file.endedAt == nil && file.handledAt == nil && file.department == "环卫")
      file = try file.after(command(.reportHandled)).after(command(.close))
    }
    #expect(throws: Refusal.reopenLimitReached(3)) { try machine.decide(file, command(.reopen, as: .citizen)) }
  }

  @Test func `a case that no report supports is cancelled, a closed one stays closed`() throws {
    let two = try caseFile(in: .handling).after(command(.linkReport, as: .system))
    #expect(two.reportCount == 2)
    let one = try two.after(command(.unlinkReport, as: .acceptor))
    #expect(one.state == .handling && one.reportCount == 1)
    let none = try one.after(command(.unlinkReport, as: .acceptor))
    #expect(none.state == .cancelled && none.reportCount == 0)
    #expect(try caseFile(in: .closed).after(command(.unlinkReport)).state == .closed)
  }

  @Test func `intake's word that no report is left counts`() throws {
    let two = try caseFile(in: .handling).after(command(.linkReport, as: .system))
    let facts = try machine.reject(two, command(.unlinkReport, as: .acceptor), wasLast: true)
    #expect(facts.map(\.kind) == [.reportUnlinked, .cancelled] && facts[1].reason == "已无上报支持该案卷：因为")
    #expect(two.applying(facts).endedAt == filedAt + hours(1))
    #expect(try machine.reject(two, command(.unlinkReport, as: .acceptor), wasLast: false).map(\.kind) == [.reportUnlinked])
    let ended = try machine.reject(try caseFile(in: .closed), command(.unlinkReport, as: .acceptor), wasLast: true)
    #expect(ended.map(\.kind) == [.reportUnlinked])
  }

  @Test func `a department's people act on its own cases, when it is known who they belong to`() throws {
    let file = try caseFile(in: .dispatched)
    func accept(_ role: Role, of department: String?) throws -> [Fact] {
      var accept = command(.accept)
      accept.actor = Actor(id: "7", role: role, department: department)
      return try machine.decide(file, accept)
    }
    for role in Rights.ofDepartment {
      #expect(throws: Refusal.otherDepartment(.accept, has: "环卫")) { try accept(role, of: "市政") }
      #expect(throws: Never.self) { try accept(role, of: "环卫") }
      #expect(throws: Never.self) { try accept(role, of: nil) }
    }
    #expect(throws: Never.self) { try accept(.operator, of: "市政") }
    #expect(throws: Refusal.roleMayNot(.accept, .citizen)) { try accept(.citizen, of: "环卫") }
  }

  @Test func `the dispatch is due a quarter of an hour after the filing, or what the city says`() throws {
    #expect(filed(filing()).dispatchDueAt == filedAt + .seconds(900))
    let patient = CaseMachine(city: city, policy: CasePolicy(dispatchLimit: .seconds(3_600)), recordedAt: filedAt)
    #expect(filed(filing(), by: patient).dispatchDueAt == filedAt + hours(1))
  }

  @Test func `a person's place sends a waiting case by the rules`() throws {
    let byDistrict = ResponsibilityMatrix(version: "m2", [Responsibility(kind: "", area: "D2", department: "园林")])
    let waiting = filed(filing(), matrix: .empty)
    let acceptor = Actor(id: "7", role: .acceptor)
    let facts = try machine.place(waiting, Place(districtCode: "D2"), by: acceptor, at: filedAt + hours(2), matrix: byDistrict)
    #expect(facts.map(\.kind) == [.placed, .dispatched])
    #expect(waiting.applying(facts).department == "园林")
    let unknown = try machine.place(waiting, Place(districtCode: "D9"), by: acceptor, at: filedAt + hours(2), matrix: byDistrict)
    #expect(unknown.map(\.kind) == [.placed])
  }

  @Test func `the version that was seen must be the version that stands`() throws {
    let file = try caseFile(in: .dispatched)
    #expect(throws: Refusal.versionMismatch(expected: 1, actual: 2)) { try machine.decide(file, command(.accept), expectedVersion: 1) }
    #expect(throws: Never.self) { try machine.decide(file, command(.accept), expectedVersion: 2) }
  }

  @Test func `who has it already is not dispatched to again`() throws {
    var again = command(.dispatch)
    (again.department, again.crew) = ("环卫", "一班")
    let file = try caseFile(in: .dispatched)
    #expect(throws: Refusal.sameAssignment(department: "环卫", crew: "一班")) { try machine.decide(file, again) }
    again.crew = "三班"
    #expect(try machine.decide(file, again).map(\.deadline) == [nil], "another crew of the same department keeps the deadline")
  }
}
