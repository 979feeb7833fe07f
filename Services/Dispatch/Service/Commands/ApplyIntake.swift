internal import CityModel
internal import DispatchDomain
internal import Events
internal import Logging
internal import Postgres
internal import Synchronization

/// Intake's facts, batch-wise: a filed case is created and dispatched in the same transaction; reports that join, leave or find their place
/// become facts of their case. Two round trips a batch, whatever its size.
final class ApplyIntake: Sendable {
  private let settings: SettingsCache
  private let policy: CasePolicy
  private let clock: any CityClock
  private let logger: Logger
  /// Departments and crews that sources named: stored once a process.
  private let learnt = Mutex(Learnt())

  private struct Learnt {
    var stored: Set<CrewKey> = []
    /// Written by a transaction that may still fail; stored once the log is read on behind its last event.
    var unconfirmed: (crews: Set<CrewKey>, upTo: EventPosition)?
  }

  init(settings: SettingsCache, policy: CasePolicy, clock: any CityClock, logger: Logger) {
    self.settings = settings
    self.policy = policy
    self.clock = clock
    self.logger = logger
  }

  func apply(_ events: [RecordedEvent], _ transaction: Transaction) async throws {
    let news = try events.compactMap { event in try event.reading { try IntakeNews($0) } }
    confirmLearnt(before: events)
    guard !news.isEmpty else { return }
    let found = try await transaction.pipeline([CaseStore.lock(ids: Array(Set(news.map(\.caseID)))), SettingsStore.versions])
    let settings = try await settings.current(found[1], in: transaction)
    let now = clock.now()
    var changes = CaseChanges(locked: try CaseStore.read(found[0]), recordedAt: now, names: settings.names)
    let machine = CaseMachine(city: settings.city, policy: policy, recordedAt: now)
    for item in news { apply(item, machine, settings.matrix, &changes) }
    let strangers = strangers(in: news)
    let learning = strangers.isEmpty ? [] : DepartmentStore.learn(strangers)
    guard !changes.isEmpty else { return }
    try await transaction.pipeline(learning + changes.statements())
    if let last = events.last { learnt.withLock { $0.unconfirmed = (strangers, last.position) } }
  }

  private func apply(_ news: IntakeNews, _ machine: CaseMachine, _ matrix: ResponsibilityMatrix, _ changes: inout CaseChanges) {
    if case .filed(let filing) = news {
      // Filed before: delivered again after the cursor was set back by hand.
      guard changes[filing.id] == nil else { return }
      let (blank, facts) = machine.file(filing, matrix: matrix)
      changes.create(blank, facts)
      return
    }
    guard let file = changes[news.caseID] else {
      logger.error("intake tells of a case that was never filed", metadata: ["case": "\(news.caseID)"])
      return
    }
    do throws(Refusal) {
      switch news {
      case .filed: break
      case .reports(_, let command): changes.add(try machine.decide(file, command), to: file.id)
      case .rejected(_, let command, let wasLast): changes.add(try machine.reject(file, command, wasLast: wasLast), to: file.id)
      case .placed(_, let place, let actor, let instant):
        changes.add(try machine.place(file, place, by: actor, at: instant, matrix: matrix), to: file.id)
      }
    } catch {
      logger.warning("intake's fact does not fit the case", metadata: ["case": "\(file.number)", "refusal": "\(error.code)"])
    }
  }

  /// The cursor moves in the transaction that applies: events behind those of an earlier batch mean that its transaction has committed.
  private func confirmLearnt(before events: [RecordedEvent]) {
    learnt.withLock { learnt in
      guard let pending = learnt.unconfirmed else { return }
      if let first = events.first, first.position > pending.upTo { learnt.stored.formUnion(pending.crews) }
      learnt.unconfirmed = nil
    }
  }

  private func strangers(in news: [IntakeNews]) -> Set<CrewKey> {
    var named: Set<CrewKey> = []
    for case .filed(let filing) in news where !filing.ownerDepartment.isEmpty {
      named.insert(CrewKey(department: filing.ownerDepartment, crew: filing.ownerCrew))
    }
    return learnt.withLock { named.subtracting($0.stored) }
  }
}
