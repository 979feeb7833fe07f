import CityModel
import CommonAPI
import DispatchAPI
import EvaluationDomain
import Events
import EventsAPI
import FeedbackAPI
import IntakeAPI
import Postgres
import RPC
import TestKit
import Testing
import Wire

@testable import EvaluationService

/// Figures are late rather than wrong.
@Suite(.timeLimit(.minutes(5))) struct UnreadableFactTests {
  private static func id(_ number: UInt64) -> Identifier { Identifier(high: 0x0160_0000_0000_7000, low: 0x8000_0000_0000_0000 | number) }

  private static func event(_ type: String, _ body: [UInt8]) -> RecordedEvent { MadeUpCity.event(type, id(1), body) }

  private static let unreadable: [(type: String, body: [UInt8])] = [
    ("dispatch.case_changed", [0xff, 0xff]),
    ("dispatch.case_changed", []),
    ("dispatch.case_changed", DispatchEvent(fact: .caseChanged(CaseChanged(fact: CaseFact(version: 1)))).encoded()),
    ("dispatch.case_changed", DispatchEvent(fact: .caseChanged(CaseChanged(caseFile: Case(id: [1], version: 1)))).encoded()),
    ("intake.report_received", IntakeEvent(fact: .reportReceived(ReportReceived(state: .filed))).encoded()),
    ("intake.report_received", IntakeEvent(fact: .reportReceived(ReportReceived(reportId: id(1).bytes))).encoded()),
    ("intake.case_filed", IntakeEvent(fact: .caseFiled(CaseFiled(caseId: id(1).bytes))).encoded()),
    ("intake.report_unlinked", IntakeEvent(fact: .reportUnlinked(ReportUnlinked(reportId: id(1).bytes))).encoded()),
    ("intake.report_rejected", IntakeEvent(fact: .reportRejected(ReportRejected())).encoded()),
    ("intake.report_placed", IntakeEvent(fact: .reportPlaced(ReportPlaced(reportId: [1, 2]))).encoded()),
    ("feedback.asked", FeedbackEvent(fact: .asked(Asked(reportId: id(1).bytes))).encoded()),
    ("feedback.rated", FeedbackEvent(fact: .rated(Rated(caseId: id(1).bytes, score: 3))).encoded()),
  ]

  @Test func anUnreadableFactNamesItsPlaceInTheLogAndNothingOfItsBatchIsCounted() async throws {
    try await withEvaluation { service in
      for (type, body) in Self.unreadable {
        let good = MadeUpCity(seed: 21, count: 5).events.filter { $0.type.prefix(6) == type.prefix(6) }
        let bad = RecordedEvent(
          position: EventPosition(transaction: 7, sequence: 9), type: type, subject: Self.id(1), occurredAt: .epoch, recordedAt: .epoch,
          body: body)
        await #expect("\(type) \(body)") {
          try await service.apply(good + [bad])
        } throws: { error in
          guard let fact = error as? UnreadableFact else { return false }
          return fact.position == bad.position && fact.type == type && !fact.problem.isEmpty
        }
      }
      let counted = try await service.count(["requests", "reports"], by: .everything)
      #expect(counted.isEmpty)
    }
  }

  /// Field 127 of the event: told by a newer service.
  @Test func aKindOfFactThatIsNotKnownIsPassedOver() async throws {
    try await withEvaluation { service in
      for type in ["dispatch.case_changed", "intake.report_received", "feedback.rated"] {
        try await service.apply([Self.event(type, [0xfa, 0x07, 0x00])])
      }
    }
  }

  @Test func whatStandsBeforeAnUnreadableFactIsCountedAndTheRestWhenItCanBeRead() async throws {
    try await withRunningEvaluation { evaluation in
      let city = MadeUpCity(seed: 22, count: 60).events.filter { $0.type.hasPrefix("dispatch") }
      let (before, after) = (city.prefix(city.count / 2), city.suffix(city.count - city.count / 2))
      let bad = Self.event("dispatch.case_changed", [0xff])
      let (good, position) = try await evaluation.append(before + [bad] + after, unreadable: before.count)
      _ = try await evaluation.events.await(AwaitRequest(source: "dispatch", position: good.wire))
      #expect(try await evaluation.position(of: "dispatch") == good)
      #expect(try await evaluation.requests() == ["": Double(Set(before.map(\.subject)).count)])
      try await evaluation.mend(position, with: city[0].body)
      try await evaluation.tell(Array(after.suffix(1)))
      #expect(try await evaluation.requests() == ["": Double(Set(city.map(\.subject)).count)])
    }
  }
}

extension RunningEvaluation {
  /// Appends to the log that all sources share.
  /// - Returns: the position of the last event before the unreadable one, and the unreadable one's.
  fileprivate func append(_ events: [RecordedEvent], unreadable index: Int) async throws -> (good: EventPosition, bad: EventPosition) {
    let new = events.map { NewEvent(type: $0.type, subject: $0.subject, occurredAt: $0.occurredAt, body: $0.body) }
    try await database.query(EventLog.append(new, recordedAt: .epoch))
    let rows = try await database.query("SELECT xid, id FROM events ORDER BY xid, id")
    return (try position(rows[index - 1]), try position(rows[index]))
  }

  fileprivate func position(of source: String) async throws -> EventPosition {
    try position(await database.query("SELECT xid, id FROM event_cursors WHERE source = \(source)")[0])
  }

  private func position(_ row: Row) throws -> EventPosition {
    let (transaction, sequence) = try row.decode(TransactionNumber.self, Int64.self)
    return EventPosition(transaction: transaction.rawValue, sequence: sequence)
  }

  /// As if a build that can read the fact had been installed.
  fileprivate func mend(_ position: EventPosition, with body: [UInt8]) async throws {
    let rows = try await database.query("UPDATE events SET body = \(body) WHERE id = \(position.sequence) RETURNING id")
    #expect(rows.count == 1)
  }
}
