import DispatchAPI
import IntakeAPI
import TestKit
import Testing

/// Several services in one process, seeded faults, and an auditor who reads public RPCs and logs only.
@Suite(.serialized) struct ScenarioTests {
  @Test(.timeLimit(.minutes(5)), arguments: scenarioSeeds)
  func `no acknowledged report is lost, nothing happens twice, every deadline can be recounted`(_ seed: UInt64) async throws {
    print("scenario: CHENGYUN_SCENARIO_SEED=\(seed)")
    try await ScenarioCity.with { city in
      let plan = ScenarioPlan(seed: seed)
      let ledger = try await ScenarioRun(city, plan).run()
      let evidence = try await ScenarioEvidence.collect(from: city, ledger)
      let audit = ScenarioAudit(plan: plan, ledger: ledger, evidence: evidence)
      #expect(audit.violations == [], "CHENGYUN_SCENARIO_SEED=\(seed)")
      Self.expectWeight(ledger, evidence)
      Self.expectAuditorToNotice(plan, ledger, evidence)
    }
  }

  /// A scenario in which little happened would prove little.
  private static func expectWeight(_ ledger: ScenarioLedger, _ evidence: ScenarioEvidence) {
    let facts = evidence.cases.values.flatMap(\.history)
    #expect(evidence.received.count == ScenarioPlan.roundCount * ScenarioPlan.reportsInARound)
    #expect(ledger.answers.values.count { $0.contains(where: \.repeated) } > 20)
    #expect(evidence.received.contains { $0.state == .linked })
    for kind in [FactKind.overdue, .checkFailed, .returned, .closed, .cancelled] {
      #expect(facts.contains { $0.kind == kind }, "nothing was \(kind)")
    }
  }

  /// The auditor that finds nothing must be one that can.
  private static func expectAuditorToNotice(_ plan: ScenarioPlan, _ ledger: ScenarioLedger, _ evidence: ScenarioEvidence) {
    func violations(_ change: (inout ScenarioEvidence) -> Void) -> [String] {
      var changed = evidence
      change(&changed)
      return ScenarioAudit(plan: plan, ledger: ledger, evidence: changed).violations
    }
    #expect(!violations { $0.received.removeLast() }.isEmpty, "a lost report")
    #expect(!violations { $0.received.append($0.received[0]) }.isEmpty, "a doubled report")
    #expect(!violations { $0.cases.remove(at: $0.cases.startIndex) }.isEmpty, "a lost case")
    #expect(!violations { $0.filed.append($0.filed[0]) }.isEmpty, "a doubled case")
    #expect(!violations { $0.changes.removeLast() }.isEmpty, "a fact that the log does not tell")
    #expect(!violations { $0.figures["closed", default: 0] += 1 }.isEmpty, "a wrong figure")
    #expect(!violations { $0.progress.remove(at: $0.progress.startIndex) }.isEmpty, "a citizen without an answer")
    let late = violations { evidence in
      guard let (id, answer) = evidence.cases.first(where: { $0.value.caseFile?.dueAtUs != nil }) else { return }
      evidence.cases[id]?.caseFile?.dueAtUs = answer.caseFile!.dueAtUs! + 1
    }
    #expect(!late.isEmpty, "a deadline that is a microsecond late")
  }
}
