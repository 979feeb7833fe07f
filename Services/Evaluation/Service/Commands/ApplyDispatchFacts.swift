internal import DispatchAPI
internal import EvaluationDomain
internal import Events
internal import Postgres
internal import Wire

/// Takes dispatch's facts into the projection of cases.
enum ApplyDispatchFacts {
  static let types = ["dispatch.case_changed"]

  static func apply(_ events: [RecordedEvent], in transaction: Transaction) async throws {
    let records = try events.compactMap { event -> CaseRecord? in
      guard case .caseChanged(let change)? = try DispatchEvent(decoding: event.body).fact else { return nil }
      return try CaseRecord(change)
    }
    guard !records.isEmpty else { return }
    _ = try await transaction.query(CaseFacts.upsert(CaseRecord.newest(of: records)))
  }
}
