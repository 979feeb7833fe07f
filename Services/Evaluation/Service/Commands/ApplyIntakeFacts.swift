internal import CityModel
internal import CommonAPI
internal import Events
internal import IntakeAPI
internal import Postgres
internal import Wire

/// Takes intake's facts into the projection of reports.
enum ApplyIntakeFacts {
  static let types = [
    "intake.report_received", "intake.case_filed", "intake.report_unlinked", "intake.report_rejected", "intake.report_placed",
  ]

  /// What intake tells of one report.
  private enum News {
    case received(ReportRecord)
    case filed(Identifier, at: Instant)
    /// It was separated, rejected or placed later.
    case changed(SQL)
  }

  /// - Throws: `UnreadableFact`: the consumer stops there, rather than count wrongly.
  static func apply(_ events: [RecordedEvent], to generation: Generation, in transaction: Transaction) async throws {
    var received: [ReportRecord] = []
    var filed: [Identifier: Instant] = [:]
    var changes: [SQL] = []
    for event in events {
      switch try event.reading({ try read($0, for: generation) }) {
      case .received(let record)?: received.append(record)
      case .filed(let report, let at)?: filed[report] = at
      case .changed(let statement)?: changes.append(statement)
      case nil: break
      }
    }
    // A report is received before anything else happens to it, and filed at most once, so this keeps the log's order.
    for index in received.indices { received[index].filedAt = filed.removeValue(forKey: received[index].id) }
    let statements =
      (received.isEmpty ? [] : [ReportFacts.insert(received, into: generation)])
      + (filed.isEmpty ? [] : [ReportFacts.file(filed.map { ($0.key, $0.value) }, in: generation)]) + changes
    guard !statements.isEmpty else { return }
    _ = try await transaction.pipeline(statements)
  }

  /// Nil for a kind of fact that is not counted here.
  private static func read(_ event: RecordedEvent, for generation: Generation) throws -> News? {
    switch try IntakeEvent(decoding: event.body).fact {
    case .reportReceived(let fact)?: return .received(try ReportRecord(fact, reportedAt: event.occurredAt))
    case .caseFiled(let fact)?: return .filed(try Identifier(inFact: fact.reportId), at: event.occurredAt)
    case .reportUnlinked(let fact)?:
      return .changed(
        ReportFacts.separate(
          try Identifier(inFact: fact.reportId), into: try Identifier(inFact: fact.newCaseId), number: fact.newCaseNumber, in: generation))
    case .reportRejected(let fact)?:
      return .changed(ReportFacts.reject(try Identifier(inFact: fact.reportId), in: generation))
    case .reportPlaced(let fact)?:
      return .changed(
        ReportFacts.place(
          try Identifier(inFact: fact.reportId), district: fact.place?.districtCode ?? "", street: fact.place?.streetCode ?? "",
          community: fact.place?.communityCode ?? "", in: generation))
    default: return nil
    }
  }
}

extension ReportRecord {
  fileprivate init(_ fact: ReportReceived, reportedAt: Instant) throws(FactProblem) {
    self.init(
      id: try Identifier(inFact: fact.reportId), caseID: Identifier(bytes: fact.caseId), caseNumber: fact.caseNumber,
      externalRef: fact.externalRef, state: try Self.state(fact.state), kind: fact.kind, channel: fact.channel.code,
      district: fact.place?.districtCode ?? "", street: fact.place?.streetCode ?? "", community: fact.place?.communityCode ?? "",
      unplaced: fact.unplaced, duplicate: !fact.duplicateOf.isEmpty, reportedAt: reportedAt)
  }

  private static func state(_ state: ReportState) throws(FactProblem) -> String {
    switch state {
    case .filed: "opened"
    case .linked: "linked"
    case .rejected: "rejected"
    case .notFiled: "not_filed"
    case .unspecified, .unrecognized: throw FactProblem("a report in state \(state.rawValue)")
    }
  }
}
