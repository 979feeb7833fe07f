internal import DispatchAPI
internal import EvaluationDomain
internal import Events
internal import Postgres
internal import Wire

/// Takes dispatch's facts into the projection of cases.
enum ApplyDispatchFacts {
  static let types = ["dispatch.case_changed"]

  static func apply(_ events: [RecordedEvent], to generation: Generation, in transaction: Transaction) async throws {
    var records: [CaseRecord] = []
    var steps: [CaseStep] = []
    for event in events {
      guard case .caseChanged(let change)? = try DispatchEvent(decoding: event.body).fact else { continue }
      records.append(try CaseRecord(change))
      if let step = try CaseStep(change) { steps.append(step) }
    }
    guard !records.isEmpty else { return }
    _ = try await transaction.pipeline(
      [CaseFacts.upsert(CaseRecord.newest(of: records), into: generation)]
        + (steps.isEmpty ? [] : [CaseFacts.add(steps, into: generation)]))
  }
}
