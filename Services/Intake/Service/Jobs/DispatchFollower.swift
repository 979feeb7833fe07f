internal import CityModel
internal import DispatchAPI
internal import Events
internal import IntakeDomain
internal import Postgres
internal import Wire

/// Follows dispatch: a case that is closed, cancelled or referred is no longer joined; one that is reopened is again.
enum DispatchFollower {
  /// - Throws: `UnreadableFact`: passing over a closing would let reports join a case that nobody works on.
  static func apply(_ events: [RecordedEvent], _ transaction: Transaction) async throws {
    var changes: [Identifier: Instant?] = [:]
    for event in events where event.type == IntakeKeys.caseChanged {
      guard let kind = try event.reading({ try Self.kind(of: $0) }) else { continue }
      switch kind {
      case .closed, .cancelled, .referred: changes.updateValue(event.occurredAt, forKey: event.subject)
      case .reopened: changes.updateValue(nil, forKey: event.subject)
      default: continue
      }
    }
    guard !changes.isEmpty else { return }
    let ordered = changes.sorted { $0.key < $1.key }.map { (id: $0.key, closedAt: $0.value) }
    try await transaction.query(ReportStore.setClosed(ordered))
  }

  /// Nil, or a number without a name: a newer dispatch tells more than we know.
  private static func kind(of event: RecordedEvent) throws -> FactKind? {
    guard case .caseChanged(let change)? = try DispatchEvent(decoding: event.body).fact else { return nil }
    guard let kind = change.fact?.kind, kind != .unspecified else { throw FactProblem("a change of a case that does not say what changed") }
    return kind
  }
}
