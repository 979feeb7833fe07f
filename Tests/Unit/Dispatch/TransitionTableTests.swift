import CityModel
import DispatchDomain
import Testing

@Suite struct TransitionTableTests {
  static let pairs = CaseState.allCases.flatMap { state in CommandKind.allCases.map { (state, $0) } }

  /// Every state × command: what the table knows succeeds and leads where it says; everything else is refused as "not in state".
  @Test(arguments: pairs) func `the machine does what the table says`(state: CaseState, kind: CommandKind) throws {
    let file = try caseFile(in: state, check: kind != .close)
    let role: Role = [.markOverdue, .markNotDispatchable, .changeDeadline].contains(kind) ? .system : .operator
    guard let row = TransitionTable.row(for: kind, in: state) else {
      #expect(throws: Refusal.notInState(kind, state)) { try machine.decide(file, command(kind, as: role)) }
      return
    }
    let facts = try machine.decide(file, command(kind, as: role))
    let fact = try #require(facts.first { $0.kind == row.fact })
    #expect(fact.from == (row.first.flatMap { TransitionTable.row(for: $0, in: state)?.to } ?? state))
    #expect(fact.to == row.to ?? state)
    #expect(facts.map(\.version) == (1...Int32(facts.count)).map { file.version + $0 })
  }

  @Test(arguments: TransitionTable.rows) func `only the roles of the row may, and a required reason is required`(row: Transition) throws {
    for state in row.from {
      let file = try caseFile(in: state, check: row.condition != .noCheckRequired)
      for role in Role.allCases {
        if row.roles.contains(role) {
          #expect(throws: Never.self) { try machine.decide(file, command(row.command, as: role)) }
        } else {
          #expect(throws: Refusal.roleMayNot(row.command, role)) { try machine.decide(file, command(row.command, as: role)) }
        }
      }
      let role = try #require(row.roles.first)
      if row.reasonRequired {
        #expect(throws: Refusal.reasonRequired(row.command)) { try machine.decide(file, command(row.command, as: role, reason: "")) }
      }
    }
  }

  @Test func `every state can be reached and, but for the ends, left`() {
    for state in CaseState.allCases {
      #expect(state == .pendingDispatch || TransitionTable.rows.contains { $0.to == state && $0.from != [state] })
      let leaves = TransitionTable.rows.contains { $0.from.contains(state) && $0.to != nil && $0.to != state }
      #expect(leaves == (state != .cancelled && state != .referred))
    }
  }

  @Test func `every refusal has a stable code and a sentence in both languages`() {
    let refusals: [Refusal] = [
      .notInState(.accept, .closed), .reasonRequired(.cancel), .roleMayNot(.close, .citizen), .otherDepartment(.close, has: "x"),
      .otherCrew(.close, has: "x"),
      .checkRequired, .reopenLimitReached(3),
      .departmentMissing, .authorityMissing, .sameAssignment(department: "a", crew: "b"), .versionMismatch(expected: 1, actual: 2),
      .unknownCase("x"), .unknownDepartment("x"), .unknownCrew("x", department: "y"), .settingsVersionTaken("x"),
      .calendarInvalid("x"), .keyReused("x"),
    ]
    #expect(Set(refusals.map(\.code)).count == refusals.count)
    for refusal in refusals { #expect(refusal.words.chinese.hasSuffix("。") && refusal.words.english.hasSuffix(".")) }
  }

  @Test func `the README shows the table and the diagram as they are`() throws {
    let readme = try readText(repositoryRoot + "/Services/Dispatch/README.md")
    #expect(readme.contains("```mermaid\n" + TransitionTable.diagram + "\n```"), "paste this:\n\(TransitionTable.diagram)\n")
    #expect(readme.contains(TransitionTable.markdown), "paste this:\n\(TransitionTable.markdown)\n")
  }
}
