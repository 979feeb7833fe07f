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
    let dissatisfied = try events.compactMap { event in try event.reading { try Dissatisfaction($0) } }
    guard !dissatisfied.isEmpty else { return }
    let found = try await transaction.pipeline([CaseStore.lock(ids: Array(Set(dissatisfied.map(\.caseID)))), SettingsStore.versions])
    let settings = try await settings.current(found[1], in: transaction)
    let now = clock.now()
    let machine = CaseMachine(city: settings.city, policy: policy, recordedAt: now)
    var changes = CaseChanges(locked: try CaseStore.read(found[0]), recordedAt: now, names: settings.names)
    for item in dissatisfied {
      guard let file = changes[item.caseID] else {
        logger.error("feedback tells of a case that was never filed", metadata: ["case": "\(item.caseID)"])
        continue
      }
      // Closed anew after the answer was given: the answer was about an earlier closing.
      guard file.state != .closed || file.stateSince <= item.command.at else {
        logger.notice("a citizen's answer is about an earlier closing", metadata: ["case": "\(file.number)"])
        continue
      }
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
