internal import CityModel
internal import DispatchDomain
internal import Postgres

/// What time alone does to cases: overdue at their deadline, and recounted when the calendar has changed. In batches that several replicas
/// share without waiting for each other.
struct SweepDeadlines: Sendable {
  /// Cases of one transaction: 256.
  static let batchLimit = 256

  let database: Database
  let settings: SettingsCache
  let policy: CasePolicy
  let clock: any CityClock

  /// Puts every case whose deadline lies before `instant` under supervision. Returns how many there were.
  @discardableResult
  func markOverdue(before instant: Instant) async throws -> Int {
    try await inBatches({ _ in CaseStore.claimOverdue(before: instant, limit: Self.batchLimit) }) { machine, file in
      machine.catchUp(file, to: instant)
    }
  }

  /// Recounts the running cases that another calendar counted. Returns how many there were.
  @discardableResult
  func recount(at instant: Instant) async throws -> Int {
    try await inBatches({ CaseStore.claimCountedOtherwise(than: $0.city.version, limit: Self.batchLimit) }, notesCalendar: true) {
      machine, file in machine.recount(file, at: instant)
    }
  }

  /// The next deadline that will pass; nil when no clock runs.
  func next() async throws -> Instant? {
    try await database.query(CaseStore.nextOverdue)[0][0, Instant?.self]
  }

  /// - Parameter notesCalendar: a case whose deadline stayed as it was counts as counted by the calendar in force.
  private func inBatches(
    _ claim: (Settings) -> SQL, notesCalendar: Bool = false, _ decide: (CaseMachine, CaseFile) -> [Fact]
  ) async throws -> Int {
    var total = 0
    while true {
      let count = try await database.transaction { transaction in
        let settings = try await settings.current(try await transaction.query(SettingsStore.versions), in: transaction)
        let files = try CaseStore.read(try await transaction.query(claim(settings)))
        guard !files.isEmpty else { return 0 }
        let now = clock.now()
        let machine = CaseMachine(city: settings.city, policy: policy, recordedAt: now)
        var changes = CaseChanges(locked: files, recordedAt: now, names: settings.names)
        for file in files { changes.add(decide(machine, file), to: file.id) }
        let unmoved = notesCalendar ? files.filter { changes[$0.id]?.deadline.calendarVersion != settings.city.version } : []
        let note = unmoved.isEmpty ? [] : [CaseStore.noteCalendar(settings.city.version, of: unmoved.map(\.id))]
        try await transaction.commit(after: changes.statements() + note)
        return files.count
      }
      total += count
      if count < Self.batchLimit { return total }
    }
  }
}
