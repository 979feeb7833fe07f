internal import DispatchAPI
internal import EvaluationDomain
internal import Events
internal import Postgres
internal import Wire

/// Takes dispatch's facts into the projection of cases.
enum ApplyDispatchFacts {
  static let types = ["dispatch.case_changed"]

  /// - Throws: `UnreadableFact`: the consumer stops there, rather than count wrongly.
  static func apply(_ events: [RecordedEvent], to generation: Generation, in transaction: Transaction) async throws {
    var records: [CaseRecord] = []
    var steps: [CaseStep] = []
    for event in events {
      guard let (record, step) = try event.reading(read) else { continue }
      records.append(record)
      if let step { steps.append(step) }
    }
    guard !records.isEmpty else { return }
    _ = try await transaction.pipeline(
      [CaseFacts.upsert(CaseRecord.newest(of: records), into: generation)]
        + (steps.isEmpty ? [] : [CaseFacts.add(steps, into: generation)]))
  }

  private static func read(_ event: RecordedEvent) throws -> (CaseRecord, CaseStep?)? {
    guard case .caseChanged(let change)? = try DispatchEvent(decoding: event.body).fact else { return nil }
    let record = try CaseRecord(change)
    return (record, CaseStep(change, of: record.id))
  }
}
