import CityModel
import DispatchDomain
import Testing

@Suite struct OfferTests {
  static let cases = CaseState.allCases.flatMap { state in Role.allCases.flatMap { role in [(state, role, true), (state, role, false)] } }

  /// What is offered succeeds, what is not offered is refused: state × role × whether a check is needed, by trying.
  @Test(arguments: cases) func `offered is exactly what the machine allows`(state: CaseState, role: Role, check: Bool) throws {
    let file = try caseFile(in: state, check: check)
    let offered = Set(file.offers(to: [Actor(id: "1", role: role)], machine.policy).map(\.command))
    let allowed = CommandKind.byPeople.filter { kind in (try? machine.decide(file, command(kind, as: role))) != nil }
    #expect(offered == Set(allowed))
  }

  @Test func `another department's crew is offered nothing, several roles are offered what any of them may`() throws {
    let file = try caseFile(in: .dispatched)
    let own = file.offers(to: [Actor(id: "1", role: .crew, department: file.department)], machine.policy).map(\.command)
    #expect(own == [.accept, .returnTask, .reportHandled])
    #expect(file.offers(to: [Actor(id: "1", role: .crew, department: "别的部门")], machine.policy).isEmpty)
    #expect(file.offers(to: [Actor(id: "1", role: .crew, department: file.department, crew: "别的班组")], machine.policy).isEmpty)
    let both = file.offers(
      to: [Actor(id: "1", role: .crew, department: file.department), Actor(id: "1", role: .dispatcher)], machine.policy)
    #expect(both.map(\.command) == [.dispatch, .accept, .returnTask, .reportHandled, .cancel, .refer, .supervise])
    #expect(both.first { $0.command == .returnTask }?.reasonRequired == true)
    #expect(both.first { $0.command == .accept }?.reasonRequired == false)
    #expect(file.offers(to: [], machine.policy).isEmpty)
  }

  @Test func `a case that was reopened as often as allowed is not offered for reopening`() throws {
    let file = try caseFile(in: .closed)
    let citizen = [Actor(id: "1", role: .citizen)]
    #expect(file.offers(to: citizen, CasePolicy(maxReopens: 1)).map(\.command) == [.reopen])
    #expect(file.offers(to: citizen, CasePolicy(maxReopens: 0)).isEmpty)
  }
}
