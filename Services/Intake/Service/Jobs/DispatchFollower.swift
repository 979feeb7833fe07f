internal import CityModel
internal import DispatchAPI
internal import Events
internal import IntakeDomain
internal import Postgres
internal import Wire

/// Follows dispatch: a case that is closed, cancelled or referred is no longer joined; one that is reopened is again. And whoever has it
/// sees its reports.
enum DispatchFollower {
  /// - Throws: `UnreadableFact`: passing over a closing would let reports join a case that nobody works on.
  static func apply(_ events: [RecordedEvent], _ transaction: Transaction) async throws {
    var news: [Identifier: CaseNews] = [:]
    for event in events where event.type == IntakeKeys.caseChanged {
      guard let change = try event.reading({ try Self.change(of: $0) }) else { continue }
      var one = news[event.subject] ?? CaseNews(id: event.subject)
      switch change.kind {
      case .closed, .cancelled, .referred: one.closedAt = .some(event.occurredAt)
      case .reopened: one.closedAt = .some(nil)
      default: break
      }
      if let file = change.file { (one.department, one.crew) = (file.department, file.crew) }
      news[event.subject] = one
    }
    guard !news.isEmpty else { return }
    try await transaction.query(ReportStore.follow(news.values.sorted { $0.id < $1.id }))
  }

  /// Nil, or a number without a name: a newer dispatch tells more than we know.
  private static func change(of event: RecordedEvent) throws -> (kind: FactKind, file: DispatchAPI.Case?)? {
    guard case .caseChanged(let change)? = try DispatchEvent(decoding: event.body).fact else { return nil }
    guard let kind = change.fact?.kind, kind != .unspecified else { throw FactProblem("a change of a case that does not say what changed") }
    return (kind, change.caseFile)
  }
}
