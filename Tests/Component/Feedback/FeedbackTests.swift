import CityModel
import Cryptography
import DispatchAPI
import FeedbackAPI
import FeedbackDomain
import IntakeAPI
import NodeKit
import Postgres
import Reactor
import Testing

@testable import FeedbackService

@Suite(.timeLimit(.minutes(5))) struct FeedbackTests {
  static let whole: [FeedbackDomain.MilestoneKind] = [.received, .dispatched, .handled, .closed]

  @Test func aReporterIsToldEveryPublicStep() async throws {
    try await withFeedback { service in
      try await service.intake(received(10, case: 1))
      try await service.dispatch(untilClosed)
      #expect(try await service.told(10) == Self.whole)
    }
  }

  /// Two logs are consumed side by side: whichever runs ahead, the reporter hears the same.
  @Test(arguments: 0...4) func theOrderOfTheLogsDoesNotMatter(ahead: Int) async throws {
    try await withFeedback { service in
      try await service.dispatch(Array(untilClosed.prefix(ahead)))
      try await service.intake(received(10, case: 1))
      try await service.dispatch(Array(untilClosed.dropFirst(ahead)))
      #expect(try await service.told(10) == Self.whole)
      #expect(try await service.milestones.view(of: id(10), after: 0).followUp.canRate)
    }
  }

  @Test func redeliveryTellsNothingTwice() async throws {
    try await withFeedback { service in
      for _ in 0..<2 {
        try await service.intake(received(10, case: 1))
        try await service.dispatch(untilClosed)
      }
      #expect(try await service.told(10) == Self.whole)
      #expect(try await service.facts().count == 1)
    }
  }

  @Test func severalReportersOfOneCaseAreEachAnswered() async throws {
    try await withFeedback { service in
      try await service.intake(received(10, case: 1), received(11, case: 1, .linked), received(12, case: 0, .rejected))
      try await service.dispatch(untilClosed)
      #expect(try await service.told(10) == Self.whole)
      #expect(try await service.told(11) == [.joined, .dispatched, .handled, .closed])
      #expect(try await service.told(12) == [.rejected])
    }
  }

  /// As it was called when it happened; what was told before stays.
  @Test func aDepartmentIsToldByItsName() async throws {
    try await withFeedback { service in
      try await service.intake(received(10, case: 1))
      try await service.dispatch([
        changed(1, version: 2, .dispatched, .dispatched, department: "BOS", named: "环卫局"),
        changed(1, version: 3, .handled, .handled, department: "BOS", named: "城管局"),
        changed(1, version: 4, .dispatched, .dispatched, department: "X"),
      ])
      try await service.intake(received(11, case: 1, .linked))
      for report in [10, 11] {
        let told = try await service.milestones.view(of: id(report), after: 1).milestones.map(\.textChinese)
        #expect(told == ["已派遣至环卫局处置。", "城管局报告已处置完成，等待核查。", "已派遣至X处置。"])
      }
    }
  }

  @Test func unknownStatesOfDeliveryAreRefused() throws {
    #expect(try NotificationRecord.Delivery.all(in: [.pending, .failed]) == [.pending, .failed])
    #expect(try NotificationRecord.Delivery.all(in: []) == [])
    for odd in [DeliveryState.unspecified, DeliveryState(rawValue: 9)] {
      #expect(throws: FeedbackRefusal.unknownDelivery) { try NotificationRecord.Delivery.all(in: [.pending, odd]) }
    }
  }

  @Test func anUnlinkedReportFollowsItsOwnCase() async throws {
    try await withFeedback { service in
      try await service.intake(received(10, case: 1), received(11, case: 1, .linked))
      try await service.dispatch(Array(untilClosed.prefix(3)))
      try await service.intake(
        .reportUnlinked(ReportUnlinked(reportId: id(11).bytes, caseId: id(1).bytes, newCaseId: id(2).bytes, newCaseNumber: "n2")))
      try await service.dispatch([
        untilClosed[3], changed(2, version: 1, .filed, .pendingDispatch), changed(2, version: 2, .dispatched, .dispatched),
      ])
      #expect(try await service.told(11) == [.joined, .dispatched, .handled, .separated, .dispatched])
      #expect(try await service.follow.report(numbered: "n2", token: service.tokens.token(for: id(11))) == id(11))
    }
  }

  @Test func onlyTheSecretOpensTheCase() async throws {
    try await withFeedback { service in
      try await service.intake(received(10, case: 1), received(11, case: 1, .linked))
      #expect(try await service.follow.report(numbered: "n1", token: service.tokens.token(for: id(11))) == id(11))
      for (number, token) in [("n1", service.tokens.token(for: id(12))), ("n2", service.tokens.token(for: id(10))), ("n1", "")] {
        await #expect(throws: FeedbackRefusal.unknownOrSecretWrong) { try await service.follow.report(numbered: number, token: token) }
      }
    }
  }

  /// A mass incident: the reports of one number are not gone through.
  @Test func everyOneOfManyReportersFindsTheReport() async throws {
    try await withFeedback { service in
      try await service.intake(received(1, case: 1))
      for start in stride(from: 2, to: 3_002, by: 1_000) {
        try await service.intake((start..<start + 1_000).map { received($0, case: 1, .linked) })
      }
      for report in [1, 1_500, 3_001] {
        #expect(try await service.follow.report(numbered: "n1", token: service.tokens.token(for: id(report))) == id(report))
      }
    }
  }

  @Test func anAccountOfADistrictSeesItsReportersOnly() async throws {
    try await withFeedback { service in
      let phone = service.cipher.seal("13812341234", context: SealedField.reporterPhone(of: id(10)))
      try await service.intake(received(10, case: 1, phone: phone))
      func see(_ district: String, _ reason: String = "") async throws -> String {
        try await service.show.run(
          .init(report: id(10), reason: reason, actorID: "7", actorRole: "acceptor", actorDistrict: district, peer: "test")
        ).phone
      }
      let outbox = NotificationStore(database: service.database)
      func told(_ district: String) async throws -> Int {
        try await outbox.list(number: "n1", district: district, deliveries: [], after: nil, limit: 10).count
      }
      #expect(try await see("D2") == "138****1234", "no district has it yet")
      #expect(try await told("D2") == 1)
      try await service.intake(placed(10, district: "D1"))
      for reason in ["", "回访核实情况"] {
        await #expect(throws: FeedbackRefusal.otherDistrict) { try await see("D2", reason) }
      }
      #expect(try await service.database.query("SELECT count(*) FROM unmaskings")[0][0, Int.self] == 0)
      #expect(try await see("D1", "回访核实情况") == "13812341234")
      #expect(try await see("") == "138****1234")
      #expect(try await (told("D1"), told("D2"), told("")) == (1, 0, 1))
    }
  }

  @Test func dissatisfactionReopensTheCaseOnce() async throws {
    try await withFeedback { service in
      try await service.intake(received(10, case: 1), received(11, case: 1, .linked))
      try await service.dispatch(untilClosed)
      #expect(try await service.rate(10, 1, key: "a") == RateResponse(reopened: true))
      #expect(try await service.rate(10, 1, key: "a") == RateResponse(reopened: true, repeated: true))
      await #expect(throws: FeedbackRefusal.alreadyAnswered) { try await service.rate(10, 5, key: "b") }
      #expect(try await service.rate(11, 2, key: "a") == RateResponse(reopened: false))
      let reopens = try await service.facts().compactMap { fact -> Bool? in
        guard case .rated(let rated) = fact else { return nil }
        return rated.reopen
      }
      #expect(reopens == [true, false])
    }
  }

  @Test func aReopenedCaseAsksAgainWhenItIsClosedAgain() async throws {
    try await withFeedback { service in
      try await service.intake(received(10, case: 1))
      try await service.dispatch(untilClosed)
      try await service.dispatch([changed(1, version: 5, .reopened, .dispatched)])
      #expect(try await service.milestones.view(of: id(10), after: 0).followUp.canRate == false)
      try await service.dispatch([changed(1, version: 6, .closed, .closed)])
      #expect(try await service.milestones.view(of: id(10), after: 0).followUp.canRate)
      #expect(try await service.told(10) == Self.whole + [.reopened, .closed])
    }
  }

  @Test func readingIsDelivery() async throws {
    try await withFeedback { service in
      try await service.intake(received(10, case: 1))
      let outbox = NotificationStore(database: service.database)
      #expect(try await outbox.list(number: "n1", deliveries: [.pending], after: nil, limit: 10).count == 1)
      _ = try await service.follow.progress(numbered: "n1", token: service.tokens.token(for: id(10)))
      #expect(try await outbox.list(number: "n1", deliveries: [.pending], after: nil, limit: 10).isEmpty)
      #expect(try await outbox.list(number: "", deliveries: [.delivered], after: nil, limit: 10).count == 1)
    }
  }

  @Test func personalDataIsMaskedAndSeeingItWholeIsRecorded() async throws {
    try await withFeedback { service in
      let name = service.cipher.seal("王小明", context: SealedField.reporterName(of: id(10)))
      let phone = service.cipher.seal("13812341234", context: SealedField.reporterPhone(of: id(10)))
      try await service.intake(received(10, case: 1, name: name, phone: phone))
      func show(_ reason: String, by actor: String) async throws -> (name: String, phone: String, masked: Bool) {
        try await service.show.run(.init(report: id(10), reason: reason, actorID: actor, actorRole: "acceptor", peer: "test"))
      }
      #expect(try await show("", by: "") == ("王**", "138****1234", true))
      for reason in ["why", "      ", "a\0bcd", String(repeating: "因", count: 501)] {
        await #expect(throws: FeedbackRefusal.unmaskReasonNeeded) { _ = try await show(reason, by: "7") }
      }
      await #expect(throws: FeedbackRefusal.unmaskReasonNeeded) { _ = try await show("回访需要", by: "") }
      await #expect(throws: FeedbackRefusal.unmaskRoleMayNot) {
        _ = try await service.show.run(.init(report: id(10), reason: "回访需要", actorID: "7", actorRole: "crew", peer: "test"))
      }
      #expect(try await service.database.query("SELECT count(*) FROM unmaskings").column(Int64.self) == [0])
      #expect(try await show("回访需要", by: "7") == ("王小明", "13812341234", false))
      #expect(try await service.database.query("SELECT reason FROM unmaskings").column(String.self) == ["回访需要"])
      await #expect(throws: PostgresError.self) { try await service.database.query("DELETE FROM unmaskings") }
    }
  }

  @Test func resultsArePublishedByDepartment() async throws {
    try await withFeedback { service in
      try await service.intake(received(10, case: 1), received(11, case: 1, .linked))
      try await service.dispatch(untilClosed)
      _ = try await service.rate.run(RateRequest(number: "n1", trackingToken: service.tokens.token(for: id(10)), score: 4))
      let results = try await ResultStore(database: service.database).results(from: nil, before: nil)
      #expect(results == [DepartmentScore(department: "环卫局", asked: 2, answered: 1, satisfied: 1, meanScore: 4)])
    }
  }
}
