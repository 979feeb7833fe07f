internal import CityModel
internal import DispatchDomain
internal import Events
internal import Postgres

/// Many commands in one transaction and three round trips: lock and look up; write; remember the answers and commit. One command's refusal
/// doesn't touch the others.
struct CommandBatch: Sendable {
  let database: Database
  let settings: SettingsCache
  let policy: CasePolicy
  let clock: any CityClock

  /// - Throws: `PostgresError`; `CommandConflict` when one of the keys belongs to another command (each on its own tells which).
  func perform(_ requests: [CaseRequest]) async throws -> [CaseAnswer] {
    let now = clock.now()
    return try await database.transaction(planning: .once) { transaction in
      let found = try await transaction.pipeline(Self.lookups(requests))
      let settings = try await settings.current(found[2], in: transaction)
      var decisions = CommandDecisions(
        changes: CaseChanges(locked: try CaseStore.read(found[0]), recordedAt: now, names: settings.names),
        machine: CaseMachine(city: settings.city, policy: policy, recordedAt: now),
        given: try CommandLog.answers(found[1], to: requests.map(\.logged)),
        departments: found.count > 3 ? try DepartmentStore.readKnown(found[3]) : [])
      let outcomes = requests.map { decisions.decide($0) }
      let written = try await transaction.pipeline(decisions.changes.statements())
      guard let appended = written.last, let position = try EventLog.position(of: appended) else {
        return outcomes.map { $0.answer(at: .start) }
      }
      let answers = outcomes.map { $0.answer(at: position) }
      try await transaction.commit(after: [CommandLog.record(Self.fresh(requests, answers), at: now)])
      return answers
    }
  }

  private static func lookups(_ requests: [CaseRequest]) -> [SQL] {
    var (ids, numbers): ([Identifier], [String]) = ([], [])
    for request in requests {
      switch request.reference {
      case .id(let id): ids.append(id)
      case .number(let number): numbers.append(number)
      }
    }
    let departments = Set(requests.filter { $0.command.kind == .dispatch }.map(\.command.department))
    // Behind the lock: whoever used the same key on the same case has committed by then and is seen.
    return [CaseStore.lock(ids: ids, numbers: numbers), CommandLog.find(requests.map(\.logged.key)), SettingsStore.versions]
      + (departments.isEmpty ? [] : [DepartmentStore.known(departments.sorted())])
  }

  /// The commands that were carried out in this transaction, with the answers to remember.
  private static func fresh(_ requests: [CaseRequest], _ answers: [CaseAnswer]) -> [(command: Events.Command, response: [UInt8])] {
    zip(requests, answers).compactMap { request, answer in
      guard case .done(let file, let position) = answer else { return nil }
      return (request.logged, file.encodedReply(at: position))
    }
  }
}

/// What a batch decides, one command after the other, each seeing what those before it made of its case.
struct CommandDecisions {
  private(set) var changes: CaseChanges
  private let machine: CaseMachine
  /// Answers given in earlier transactions, by key.
  private let given: [String: [UInt8]]
  private let departments: Set<CrewKey>
  /// The first command with each key in this batch, and what became of it.
  private var first: [String: (command: Events.Command, after: CaseFile?)] = [:]

  enum Outcome {
    case done(CaseFile)
    case repeated([UInt8])
    case repeatedWithin(CaseFile)
    case refused(Refusal)

    func answer(at position: EventPosition) -> CaseAnswer {
      switch self {
      case .done(let file): .done(file, position)
      case .repeated(let bytes): .repeated(bytes)
      case .repeatedWithin(let file): .repeated(file.encodedReply(at: position))
      case .refused(let refusal): .refused(refusal)
      }
    }
  }

  init(changes: CaseChanges, machine: CaseMachine, given: [String: [UInt8]], departments: Set<CrewKey>) {
    self.changes = changes
    self.machine = machine
    self.given = given
    self.departments = departments
  }

  mutating func decide(_ request: CaseRequest) -> Outcome {
    do throws(Refusal) {
      if let outcome = try earlier(request) {
        if first[request.logged.key] == nil { first[request.logged.key] = (request.logged, nil) }
        return outcome
      }
      let after = try carryOut(request)
      first[request.logged.key] = (request.logged, after)
      return .done(after)
    } catch {
      if first[request.logged.key] == nil { first[request.logged.key] = (request.logged, nil) }
      return .refused(error)
    }
  }

  /// The answer that the key has already, from an earlier transaction or from earlier in this one. A refused command used no key up.
  private func earlier(_ request: CaseRequest) throws(Refusal) -> Outcome? {
    let before = first[request.logged.key]
    if let before, before.command != request.logged, before.after != nil || given[request.logged.key] != nil {
      throw .keyReused(request.logged.key)
    }
    if let response = given[request.logged.key] { return .repeated(response) }
    return before?.after.map { .repeatedWithin($0) }
  }

  private mutating func carryOut(_ request: CaseRequest) throws(Refusal) -> CaseFile {
    guard let file = find(request.reference) else { throw .unknownCase(request.reference.description) }
    var command = request.command
    if !request.isTimed { command.at = max(command.at, file.stateSince) }
    if command.kind == .dispatch, !command.department.isEmpty { try checkExists(command.department, command.crew) }
    let facts = try machine.decide(file, command, expectedVersion: request.expectedVersion)
    return changes.add(facts, to: file.id)
  }

  private func checkExists(_ department: String, _ crew: String) throws(Refusal) {
    guard departments.contains(CrewKey(department: department, crew: "")) else { throw .unknownDepartment(department) }
    guard departments.contains(CrewKey(department: department, crew: crew)) else { throw .unknownCrew(crew, department: department) }
  }

  private func find(_ reference: CaseReference) -> CaseFile? {
    switch reference {
    case .id(let id): changes[id]
    case .number(let number): changes[number: number]
    }
  }
}
