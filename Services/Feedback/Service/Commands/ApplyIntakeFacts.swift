internal import CityModel
internal import Events
internal import FeedbackDomain
internal import IntakeAPI
internal import Postgres
internal import Wire

/// Takes in who reported what, and answers at once: received, joined, or rejected with the reason.
struct ApplyIntakeFacts: Sendable {
  static let types = ["intake.report_received", "intake.report_unlinked", "intake.report_rejected"]

  let clock: any CityClock

  func apply(_ events: [RecordedEvent], in transaction: Transaction) async throws {
    var received: [ReportRecord] = []
    for event in events {
      switch try IntakeEvent(decoding: event.body).fact {
      case .reportReceived(let fact)?: received.append(try ReportRecord(fact, receivedAt: event.occurredAt))
      case .reportUnlinked(let fact)?:
        try await takeIn(&received, in: transaction)
        try await separate(fact, at: event.occurredAt, in: transaction)
      case .reportRejected(let fact)?:
        try await takeIn(&received, in: transaction)
        let text = MilestoneText(.rejected, number: "", department: "", reason: fact.reason)
        _ = try await transaction.query(
          ReporterStore.tell(try Identifier(wire: fact.reportId), .rejected, text, at: event.occurredAt))
      default: break
      }
    }
    try await takeIn(&received, in: transaction)
    _ = try await transaction.query(MilestoneStore.announce)
  }

  /// All reports of a run in a constant number of statements.
  private func takeIn(_ reports: inout [ReportRecord], in transaction: Transaction) async throws {
    guard !reports.isEmpty else { return }
    defer { reports = [] }
    let statements =
      [ReporterStore.lockCases(reports.compactMap(\.caseID))] + ReporterStore.insertReports(reports)
      + ReporterStore.catchUp(reports.map(\.id))
    let results = try await transaction.pipeline(statements)
    try await AskedFacts.append(results[results.count - 1], recordedAt: clock.now(), in: transaction)
  }

  private func separate(_ fact: ReportUnlinked, at instant: Instant, in transaction: Transaction) async throws {
    let report = try Identifier(wire: fact.reportId)
    let id = try Identifier(wire: fact.newCaseId)
    let text = MilestoneText(.separated, number: fact.newCaseNumber, department: "", reason: "")
    let results = try await transaction.pipeline(
      [
        ReporterStore.lockCases([id]), ReporterStore.move(report, to: id, number: fact.newCaseNumber),
        ReporterStore.tell(report, .separated, text, at: instant),
      ] + ReporterStore.catchUp([report]))
    try await AskedFacts.append(results[results.count - 1], recordedAt: clock.now(), in: transaction)
  }
}

extension ReportRecord {
  fileprivate init(_ fact: ReportReceived, receivedAt: Instant) throws {
    let kind: MilestoneKind =
      switch fact.state {
      case .filed: .received
      case .linked: .joined
      default: .rejected
      }
    self.init(
      id: try Identifier(wire: fact.reportId), caseID: Identifier(bytes: fact.caseId), number: fact.caseNumber, sealedName: fact.sealedName,
      sealedPhone: fact.sealedPhone, receivedAt: receivedAt, first: kind,
      text: MilestoneText(kind, number: fact.caseNumber, department: "", reason: fact.reason))
  }
}
