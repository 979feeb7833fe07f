import CityModel
import DispatchAPI
import Events
import FeedbackAPI
import FeedbackDomain
import IntakeAPI
import NodeKit
import Postgres
import Testing
import Wire

@testable import FeedbackService

@Suite(.timeLimit(.minutes(5))) struct FactTests {
  @Test func aRejectedReporterHearsWhyAndNothingMoreOfTheCase() async throws {
    try await withFeedback { service in
      try await service.intake(received(10, case: 1), received(11, case: 1, .linked))
      try await service.dispatch(Array(untilClosed.prefix(2)))
      for _ in 0..<2 { try await service.intake(rejection(11, case: 1)) }
      try await service.dispatch(Array(untilClosed.dropFirst(2)))
      #expect(try await service.told(10) == FeedbackTests.whole)
      #expect(try await service.told(11) == [.joined, .dispatched, .rejected])
      await #expect(throws: FeedbackRefusal.notAsked) { try await service.rate(11, 1, key: "a") }
      let asked = try await service.facts().count { if case .asked = $0 { true } else { false } }
      #expect(asked == 1)
    }
  }

  /// Many reports with all that can happen to them, in one batch, also twice in a row to the same one.
  @Test func aBatchOfChangesKeepsTheOrderOfEachReport() async throws {
    try await withFeedback { service in
      var facts: [IntakeEvent.Fact] = []
      for number in 100..<150 {
        facts += [received(number, case: 1, .linked), unlinked(number, from: 1, to: 1_000 + number)]
        if number % 2 == 0 { facts.append(rejection(number, case: 1_000 + number)) }
        if number % 5 == 1 { facts.append(unlinked(number, from: 1_000 + number, to: 2_000 + number)) }
      }
      try await service.dispatch(Array(untilClosed.prefix(2)))
      for _ in 0..<2 {
        let events = facts.map { service.recorded(IntakeEvent(fact: $0).encoded()) }
        try await service.database.transaction {
          try await ApplyIntakeFacts(clock: service.clock, tokens: service.tokens).apply(events, in: $0)
        }
        facts = facts.filter { if case .reportReceived = $0 { true } else { false } }
      }
      #expect(try await service.told(103) == [.joined, .dispatched, .separated])
      #expect(try await service.told(102) == [.joined, .dispatched, .separated, .rejected])
      #expect(try await service.told(101) == [.joined, .dispatched, .separated, .separated])
      let tokens = service.tokens
      #expect(try await service.follow.report(numbered: "n2101", token: tokens.token(for: id(101))) == id(101))
    }
  }

  @Test func anUnreadableFactStopsTheConsumerAnUnknownKindDoesNot() async throws {
    try await withFeedback { service in
      func intake(_ body: [UInt8]) async throws {
        let events = [service.recorded(body)]
        try await service.database.transaction {
          try await ApplyIntakeFacts(clock: service.clock, tokens: service.tokens).apply(events, in: $0)
        }
      }
      func dispatch(_ body: [UInt8]) async throws {
        let events = [service.recorded(body)]
        try await service.database.transaction { try await ApplyDispatchFacts(clock: service.clock).apply(events, in: $0) }
      }
      let withoutID = IntakeEvent(fact: .reportReceived(ReportReceived(state: .filed))).encoded()
      let withoutState = IntakeEvent(fact: .reportReceived(ReportReceived(reportId: id(1).bytes))).encoded()
      for body in [[0xff], [], withoutID, withoutState] { await #expect(throws: UnreadableFact.self) { try await intake(body) } }
      let withoutCase = DispatchEvent(fact: .caseChanged(CaseChanged(fact: CaseFact(version: 1, kind: .closed)))).encoded()
      for body in [[0xff], [], withoutCase] { await #expect(throws: UnreadableFact.self) { try await dispatch(body) } }
      // Field 127 of the event; a kind of change without a name here.
      try await intake([0xfa, 0x07, 0x00])
      try await dispatch([0xfa, 0x07, 0x00])
      try await service.dispatch([changed(1, version: 1, .unrecognized(99), .handling)])
    }
  }

  @Test func whatOneReporterWroteIsNotToldToTheOthers() async throws {
    try await withFeedback { service in
      try await service.intake(received(10, case: 1), received(11, case: 1, .linked))
      try await service.dispatch(untilClosed)
      try await service.dispatch([changed(1, version: 5, .reopened, .dispatched, by: "citizen", reason: "回访不满意（1 分）：我住三号楼")])
      try await service.dispatch([changed(1, version: 6, .cancelled, .cancelled, reason: "重复")])
      let texts = try await service.milestones.view(of: id(11), after: 4).milestones.map(\.textChinese)
      #expect(texts == ["案卷已重新办理。", "案卷已作废，原因：重复。"])
    }
  }

  /// Closed, reopened by the office, then cancelled: the old question is void, and nothing reopens what was cancelled.
  @Test func onlyTheNewestClosingCanBeAnswered() async throws {
    try await withFeedback { service in
      try await service.intake(received(10, case: 1))
      try await service.dispatch(untilClosed)
      try await service.dispatch([changed(1, version: 5, .reopened, .dispatched), changed(1, version: 6, .cancelled, .cancelled)])
      #expect(try await service.milestones.view(of: id(10), after: 0).followUp.canRate == false)
      await #expect(throws: FeedbackRefusal.notAsked) { try await service.rate(10, 1, key: "a") }
    }
  }

  @Test func theWholeKeyOfAnAnswerCounts() async throws {
    try await withFeedback { service in
      try await service.intake(received(10, case: 1))
      try await service.dispatch(untilClosed)
      let long = String(repeating: "k", count: 199)
      #expect(try await service.rate(10, 4, key: long + "1").repeated == false)
      #expect(try await service.rate(10, 4, key: long + "1").repeated)
      await #expect(throws: FeedbackRefusal.alreadyAnswered) { try await service.rate(10, 4, key: long + "2") }
      for key in [long + "12", "a\0b", "a\nb"] {
        await #expect(throws: FeedbackRefusal.keyNotUsable) { try await service.rate(10, 4, key: key) }
      }
      let keys = try ["a", String(repeating: "k", count: 157), String(repeating: "k", count: 158), String(repeating: "k", count: 200)].map {
        try RateCase.key($0, of: id(10))
      }
      #expect(Set(keys).count == 4 && keys.allSatisfy { $0.unicodeScalars.count <= 200 })
    }
  }

  @Test func textsThatTheDatabaseCannotHoldAreRefused() async throws {
    try await withFeedback { service in
      try await service.intake(received(10, case: 1))
      try await service.dispatch(untilClosed)
      // 600 characters of two code points each.
      for text in ["a\0b", String(repeating: "e\u{301}", count: 600)] {
        await #expect(throws: FeedbackRefusal.textTooLong) { try await service.rate(10, 4, key: "", text: text) }
      }
      await #expect(throws: FeedbackRefusal.unknownOrSecretWrong) { try await service.follow.report(numbered: "n1\0", token: "x") }
    }
  }

  /// 10,000 milestones: the listings and the published results are index ranges.
  @Test func theOfficesListingsUseTheirIndexes() async throws {
    try await withFeedback { service in
      let database = service.database
      _ = try await database.atomically([
        "INSERT INTO cases (case_id) SELECT \(id(1))",
        """
        INSERT INTO reports SELECT gen_random_uuid(), \(id(1)), 'n' || n, '', '', to_timestamp(n), sha256(n::text::bytea), ''
        FROM generate_series(1, 10000) AS n
        """,
        "INSERT INTO milestones SELECT report_id, 1, 1, '', '', received_at, NULL, NULL, 'delivered', 'follow', received_at FROM reports",
        "INSERT INTO follow_ups SELECT report_id, case_id, 1, 'd', received_at FROM reports",
      ])
      for table in ["reports", "milestones", "follow_ups"] { try await database.query("ANALYZE \(identifier: table)") }
      func plan(_ statement: SQL) async throws -> String {
        try await database.query("EXPLAIN \(fragment: statement)").column(String.self).joined(separator: "\n")
      }
      let cursor = NotificationStore.Cursor(at: Instant(seconds: 5_000), report: id(1), sequence: 1)
      let whole = try await plan(NotificationStore.listing(number: "", deliveries: [], after: cursor, limit: 101))
      #expect(whole.contains("milestones_occurred"), "\(whole)")
      let results = try await plan(ResultStore.listing(from: Instant(seconds: 5_000), before: Instant(seconds: 5_100)))
      #expect(results.contains("follow_ups_asked"), "\(results)")
    }
  }
}
