internal import CityModel
internal import Events
internal import FeedbackAPI
internal import Postgres
internal import Wire

/// The fact that reporters were asked, from the rows of `ReporterStore.askReporters`.
enum AskedFacts {
  static func append(_ asked: [Rows], recordedAt: Instant, in transaction: Transaction) async throws {
    let events = try asked.joined().map { row in
      let (report, id, department, at, number) = try row.decode(Identifier.self, Identifier.self, String.self, Instant.self, String.self)
      let fact = Asked(reportId: report.bytes, caseId: id.bytes, number: number, department: department)
      return NewEvent(type: "feedback.asked", subject: id, occurredAt: at, body: FeedbackEvent(fact: .asked(fact)).encoded())
    }
    guard !events.isEmpty else { return }
    _ = try await transaction.query(EventLog.append(events, recordedAt: recordedAt))
  }
}
