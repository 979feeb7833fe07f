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

  static func apply(_ events: [RecordedEvent], to generation: Generation, in transaction: Transaction) async throws {
    var received: [ReportRecord] = []
    var filed: [Identifier: Instant] = [:]
    var changes: [SQL] = []
    for event in events {
      switch try IntakeEvent(decoding: event.body).fact {
      case .reportReceived(let fact)?: received.append(try ReportRecord(fact, reportedAt: event.occurredAt))
      case .reportUnlinked(let fact)?:
        changes.append(
          ReportFacts.separate(
            try Identifier(wire: fact.reportId), into: try Identifier(wire: fact.newCaseId), number: fact.newCaseNumber, in: generation))
      case .caseFiled(let fact)?: filed[try Identifier(wire: fact.reportId)] = event.occurredAt
      case .reportRejected(let fact)?: changes.append(ReportFacts.reject(try Identifier(wire: fact.reportId), in: generation))
      case .reportPlaced(let fact)?:
        changes.append(
          ReportFacts.place(
            try Identifier(wire: fact.reportId), district: fact.place?.districtCode ?? "", street: fact.place?.streetCode ?? "",
            community: fact.place?.communityCode ?? "", in: generation))
      default: break
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
}

extension ReportRecord {
  fileprivate init(_ fact: ReportReceived, reportedAt: Instant) throws {
    self.init(
      id: try Identifier(wire: fact.reportId), caseID: Identifier(bytes: fact.caseId), caseNumber: fact.caseNumber,
      externalRef: fact.externalRef, state: try Self.state(fact.state), kind: fact.kind, channel: fact.channel.code,
      district: fact.place?.districtCode ?? "", street: fact.place?.streetCode ?? "", community: fact.place?.communityCode ?? "",
      unplaced: fact.unplaced, duplicate: !fact.duplicateOf.isEmpty, reportedAt: reportedAt)
  }

  private static func state(_ state: ReportState) throws -> String {
    switch state {
    case .filed: "opened"
    case .linked: "linked"
    case .rejected: "rejected"
    case .notFiled: "not_filed"
    case .unspecified, .unrecognized: throw UnreadableFact(description: "a report in state \(state.rawValue)")
    }
  }
}

extension Identifier {
  init(wire bytes: [UInt8]) throws {
    guard let id = Identifier(bytes: bytes) else { throw UnreadableFact(description: "an id of \(bytes.count) bytes") }
    self = id
  }
}
