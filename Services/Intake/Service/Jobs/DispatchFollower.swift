internal import CityModel
internal import DispatchAPI
internal import Events
internal import IntakeDomain
internal import Logging
internal import Postgres
internal import Wire

/// Follows dispatch: a case that is closed, cancelled or referred is no longer joined; one that is reopened is again.
enum DispatchFollower {
  static func apply(_ events: [RecordedEvent], _ transaction: Transaction, _ logger: Logger) async throws {
    var changes: [Identifier: Instant?] = [:]
    for event in events where event.type == IntakeKeys.caseChanged {
      guard let fact = fact(of: event, logger) else { continue }
      switch fact.kind {
      case .closed, .cancelled, .referred: changes.updateValue(event.occurredAt, forKey: event.subject)
      case .reopened: changes.updateValue(nil, forKey: event.subject)
      default: continue
      }
    }
    guard !changes.isEmpty else { return }
    let ordered = changes.sorted { $0.key < $1.key }.map { (id: $0.key, closedAt: $0.value) }
    try await transaction.query(ReportStore.setClosed(ordered))
  }

  /// An event that this program cannot read is skipped: a newer dispatch may tell more than we know.
  private static func fact(of event: RecordedEvent, _ logger: Logger) -> CaseFact? {
    do {
      guard case .caseChanged(let change) = try DispatchEvent(decoding: event.body).fact else { return nil }
      return change.fact
    } catch {
      logger.error("an event of dispatch is unreadable", metadata: ["position": "\(event.position)", "error": "\(error)"])
      return nil
    }
  }
}
