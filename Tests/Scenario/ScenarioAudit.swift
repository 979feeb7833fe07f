import CommonAPI
import DispatchAPI
import FeedbackAPI
import IntakeAPI

/// Compares what the clients were told with what the services hold. Knows nothing of the faults.
struct ScenarioAudit {
  let plan: ScenarioPlan
  let ledger: ScenarioLedger
  let evidence: ScenarioEvidence

  /// A sentence for everything that must not be.
  var violations: [String] {
    lostOrDoubledReports() + lostOrDoubledCases() + brokenHistories() + lostOrDoubledDeeds() + wrongDeadlines() + wrongAnswersToCitizens()
      + wrongFigures()
  }

  /// No acknowledged report is lost; none has its effect twice, however often it was sent.
  private func lostOrDoubledReports() -> [String] {
    var found: [String] = []
    let received = Dictionary(grouping: evidence.received, by: \.externalRef)
    for report in plan.rounds.flatMap(\.reports) {
      let answers = ledger.answers[report.reference] ?? []
      let facts = received[report.reference] ?? []
      if answers.isEmpty { found.append("\(report.reference) was never answered") }
      if Set(answers.map(\.reportId)).count > 1 || Set(answers.map(\.caseId)).count > 1 || Set(answers.map(\.state)).count > 1 {
        found.append("\(report.reference) got different answers")
      }
      if answers.count(where: { !$0.repeated }) > 1 { found.append("\(report.reference) was new more than once") }
      if facts.count != 1 { found.append("\(report.reference) was received \(facts.count) times") }
      if let answer = answers.first, let fact = facts.first,
        answer.reportId != fact.reportId || answer.caseId != fact.caseId || answer.state != fact.state
      {
        found.append("\(report.reference): the log says something else than the answer")
      }
    }
    let planned = Set(plan.rounds.flatMap(\.reports).map(\.reference))
    return found + received.keys.filter { !planned.contains($0) }.map { "\($0) was received, but nobody sent it" }
  }

  private func lostOrDoubledCases() -> [String] {
    var found: [String] = []
    let filed = Dictionary(grouping: evidence.filed, by: \.caseId)
    for (id, facts) in filed where facts.count != 1 { found.append("case \(facts[0].number) was filed \(facts.count) times (\(id.count))") }
    if Set(filed.keys) != Set(evidence.cases.keys) {
      found.append("intake filed \(filed.count) cases, dispatch has \(evidence.cases.count)")
    }
    let reports = Dictionary(grouping: evidence.received.filter { $0.state == .filed || $0.state == .linked }, by: \.caseId)
    for (id, answer) in evidence.cases {
      let count = reports[id]?.count ?? 0
      if Int(answer.caseFile?.reportCount ?? 0) != count {
        found.append("case \(answer.caseFile?.number ?? "") counts \(answer.caseFile?.reportCount ?? 0) reports of \(count)")
      }
    }
    return found
  }

  /// Versions 1, 2, 3 …; the log tells each once, in order.
  private func brokenHistories() -> [String] {
    let told = Dictionary(grouping: evidence.changes, by: { $0.caseFile?.id ?? [] })
    return evidence.cases.flatMap { id, answer -> [String] in
      let number = answer.caseFile?.number ?? ""
      var found: [String] = []
      if answer.history.map(\.version) != (0..<answer.history.count).map({ Int32($0 + 1) }) { found.append("case \(number) has a gap") }
      if answer.caseFile?.version != answer.history.last?.version { found.append("case \(number) is not what its history says") }
      if (told[id] ?? []).compactMap(\.fact) != answer.history { found.append("case \(number): the log tells another history") }
      return found
    }
  }

  private func lostOrDoubledDeeds() -> [String] {
    var found: [String] = []
    let kinds = Set(ledger.deeds.map(\.kind))
    let deeds = Dictionary(grouping: Set(ledger.deeds), by: \.caseID)
    for (id, answer) in evidence.cases {
      let mine = deeds[id] ?? []
      for deed in mine where !answer.history.contains(where: { $0.version == deed.version && $0.kind == deed.kind }) {
        found.append("case \(answer.caseFile?.number ?? ""): \(deed.kind) at version \(deed.version) was acknowledged and is not there")
      }
      let byPeople = answer.history.filter { $0.actor?.id == "scenario" && kinds.contains($0.kind) && $0.kind != .accepted }
      if byPeople.count != mine.count(where: { $0.kind != .accepted }) {
        found.append("case \(answer.caseFile?.number ?? "") holds \(byPeople.count) deeds of \(mine.count)")
      }
    }
    return found
  }

  /// Every deadline that a history shows, counted again from the stored standard and the calendar; and when it passed.
  private func wrongDeadlines() -> [String] {
    let standards = Dictionary(evidence.standards.map { ($0.id + "/" + $0.version, $0) }, uniquingKeysWith: { first, _ in first })
    let filed = Dictionary(evidence.filed.map { ($0.caseId, $0) }, uniquingKeysWith: { first, _ in first })
    return evidence.cases.flatMap { id, answer -> [String] in
      guard let file = answer.caseFile, let standard = standards[file.standardId + "/" + file.standardVersion] else {
        return ["a case without a stored standard"]
      }
      var walk = DeadlineWalk(DeadlineRecount(calendar: ScenarioCity.calendar), standard, filedAt: file.filedAtUs)
      var found: [String] = []
      func expected() -> Int64? { filed[id]?.dueAtUs ?? walk.due }
      for fact in answer.history {
        if fact.kind == .overdue, expected() != fact.occurredAtUs { found.append("case \(file.number) is overdue at the wrong time") }
        walk.take(fact)
        if let due = fact.dueAtUs, due != expected() {
          found.append("case \(file.number), \(fact.kind) at version \(fact.version): due \(due), recounted \(expected() ?? 0)")
        }
      }
      if file.dueAtUs != expected() { found.append("case \(file.number): due \(file.dueAtUs ?? 0), recounted \(expected() ?? 0)") }
      return found
    }
  }

  private func wrongAnswersToCitizens() -> [String] {
    ledger.answers.flatMap { reference, answers -> [String] in
      guard let answer = answers.first, let file = evidence.cases[answer.caseId] else { return [] }
      guard let progress = evidence.progress[reference] else { return ["the reporter of \(reference) is told nothing"] }
      var found: [String] = []
      if progress.milestones.map(\.sequence) != (0..<progress.milestones.count).map({ Int32($0 + 1) }) {
        found.append("the reporter of \(reference) is told something twice or not at all")
      }
      guard answer.state == .filed else { return found }
      for (fact, milestone) in [(FactKind.closed, MilestoneKind.closed), (.cancelled, .cancelled)] {
        let (happened, told) = (file.history.count { $0.kind == fact }, progress.milestones.count { $0.kind == milestone })
        if happened != told { found.append("the reporter of \(reference) is told \(told) times of \(happened) times \(fact)") }
      }
      return found
    }
  }

  private func wrongFigures() -> [String] {
    let files = evidence.cases.values.compactMap(\.caseFile)
    let expected: [(String, Int)] = [
      ("requests", files.count), ("closed", files.count { $0.state == .closed }), ("cancelled", files.count { $0.state == .cancelled }),
    ]
    return expected.filter { Int(evidence.figures[$0.0] ?? 0) != $0.1 }.map { name, count in
      "\(name): \(evidence.figures[name] ?? 0) in evaluation, \(count) cases in dispatch"
    }
  }
}
