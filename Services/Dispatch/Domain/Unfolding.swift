internal import CityModel

/// A case while a decision is made: each fact is applied as it is appended, so that the next one sees it.
struct Unfolding {
  private(set) var file: CaseFile
  private(set) var facts: [Fact] = []
  let recordedAt: Instant

  init(_ file: CaseFile, recordedAt: Instant) {
    self.file = file
    self.recordedAt = recordedAt
  }

  mutating func add(_ fact: Fact) {
    file.apply(fact)
    facts.append(fact)
  }

  /// 立案: the first fact.
  mutating func open(_ filedAt: Instant) {
    add(
      Fact(
        version: 1, kind: .filed, from: nil, to: .pendingDispatch, actor: .intakeService, reason: "", reasonEnglish: "",
        occurredAt: filedAt, recordedAt: recordedAt, outOfOrder: false, department: "", crew: "", authority: "", evidence: [],
        deadline: file.deadline))
  }

  mutating func append(_ row: Transition, _ command: Command, deadline: CaseDeadline? = nil) {
    let isDispatch = command.kind == .dispatch
    var reason = command.dispatchReason
    if isDispatch, reason == nil { reason = DispatchReason(.person) }
    // What changes the state must not precede the last change; nothing may precede the filing.
    let earliest = row.to == nil ? file.filedAt : file.stateSince
    let fact = Fact(
      version: file.version + 1, kind: row.fact, from: file.state, to: row.to ?? file.state, actor: command.actor, reason: command.reason,
      reasonEnglish: command.reasonEnglish, occurredAt: command.at, recordedAt: recordedAt, outOfOrder: command.at < earliest,
      department: isDispatch ? command.department : file.department, crew: isDispatch ? command.crew : file.crew,
      authority: command.kind == .refer ? command.authority : file.authority, evidence: command.evidence,
      dispatchReason: isDispatch ? reason : nil, deadline: deadline, place: command.place)
    add(fact)
  }
}
