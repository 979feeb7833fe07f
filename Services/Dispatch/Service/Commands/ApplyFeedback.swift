internal import CityModel
internal import DispatchDomain
internal import Events
internal import Logging
internal import Postgres

/// Feedback's facts: a dissatisfied citizen reopens the case.
struct ApplyFeedback: Sendable {
  let settings: SettingsCache
  let policy: CasePolicy
  let clock: any CityClock
  let logger: Logger

  func apply(_ events: [RecordedEvent], _ transaction: Transaction) async throws {
    let dissatisfied = events.compactMap(Dissatisfaction.init)
    guard !dissatisfied.isEmpty else { return }
    let found = try await transaction.pipeline([CaseStore.lock(ids: Array(Set(dissatisfied.map(\.caseID)))), SettingsStore.versions])
    let settings = try await settings.current(found[1], in: transaction)
    let now = clock.now()
    let machine = CaseMachine(city: settings.city, policy: policy, recordedAt: now)
    var changes = CaseChanges(locked: try CaseStore.read(found[0]), recordedAt: now)
    for item in dissatisfied {
      guard let file = changes[item.caseID] else { continue }
      do throws(Refusal) {
        changes.add(try machine.decide(file, item.command), to: file.id)
      } catch {
        // Reopened by somebody else meanwhile, or too often: the answer stands in feedback's own log.
        logger.notice("a citizen's answer reopens nothing", metadata: ["case": "\(file.number)", "refusal": "\(error.code)"])
      }
    }
    try await transaction.pipeline(changes.statements())
  }
}
