import CityModel
import CommonAPI
import DispatchAPI
import Events
import IntakeAPI
import IntakeDomain
import Postgres
import Reactor
import TestKit
import Testing
import Wire

@testable import IntakeService

@Suite(.timeLimit(.minutes(5))) struct ByHandTests {
  static let clerk = IntakeDomain.Actor(id: "c1", role: "acceptor", name: "受理员")

  @Test func unlinkingGivesACaseOfItsOwn() async throws {
    try await withIntake { intake in
      let first = try await intake.submit("a")
      let second = try await intake.submit("b")
      #expect(second.state == .linked)
      intake.clock.advance(by: .seconds(60))
      var positions: [EventPosition] = []
      for _ in 0..<2 {
        positions.append(try await intake.commands.unlink(second.reportID, reason: "另一处", by: Self.clerk, key: "u", request: [1]))
      }
      // The log's own reading would wait for transactions of other tests.
      let last = try FilingStore.position(try await intake.database.query("SELECT xid, id FROM events ORDER BY xid DESC, id DESC LIMIT 1"))
      #expect(positions.allSatisfy { $0 == last }, "the end of its facts, for a repetition, too")
      let report = try await intake.commands.reports.get(second.reportID).report
      #expect(report.state == .filed && report.caseID != first.caseID && report.duplicateOf == nil)
      let facts = try await intake.facts().suffix(2)
      guard case .reportUnlinked(let unlinked) = facts.first, case .caseFiled(let filed) = facts.last else { throw Unexpected() }
      #expect(unlinked.caseId == first.caseID?.bytes && unlinked.newCaseId == report.caseID?.bytes && unlinked.actor?.id == "c1")
      #expect(filed.caseId == report.caseID?.bytes && filed.number == report.caseNumber && filed.reportId == second.reportID.bytes)
      #expect(filed.standard?.id == "garbage-standard")
      await #expect(throws: Refusal.notInState(.filed, .unlink)) {
        try await intake.commands.unlink(second.reportID, reason: "again", by: Self.clerk, key: "v", request: [])
      }
      await #expect(throws: CommandConflict.self) {
        try await intake.commands.unlink(second.reportID, reason: "other", by: Self.clerk, key: "u", request: [2])
      }
    }
  }

  @Test func rejectingEmptiesACase() async throws {
    try await withIntake { intake in
      let first = try await intake.submit("a")
      let second = try await intake.submit("b")
      await #expect(throws: Refusal.reasonRequired(.reject)) {
        try await intake.commands.reject(first.reportID, reason: " ", by: Self.clerk, key: "", request: [])
      }
      try await intake.commands.reject(first.reportID, reason: "不属实", by: Self.clerk, key: "r1", request: [])
      #expect(try await intake.isOpen(first.caseID))
      try await intake.commands.reject(second.reportID, reason: "不属实", by: Self.clerk, key: "r2", request: [])
      #expect(try await !intake.isOpen(first.caseID))
      let facts = try await intake.facts().compactMap { if case .reportRejected(let fact) = $0 { fact } else { nil } }
      #expect(facts.map(\.caseIsEmpty) == [false, true] && facts.allSatisfy { $0.caseId == first.caseID?.bytes })
      let shown = try await intake.commands.reports.get(first.reportID).report
      #expect(shown.state == .rejected && shown.reason.chinese == "不属实" && shown.caseID == nil)
      #expect(try await intake.submit("c").state == .filed, "an empty case is not joined")
      await #expect(throws: Refusal.notInState(.rejected, .reject)) {
        try await intake.commands.reject(first.reportID, reason: "x", by: Self.clerk, key: "", request: [])
      }
      await #expect(throws: Refusal.unknownReport) {
        try await intake.commands.reject(Identifier(high: 1, low: 1), reason: "x", by: Self.clerk, key: "", request: [])
      }
    }
  }

  /// A report joins the case in a transaction that has not committed yet: its citizen must not end up on a case that was emptied.
  @Test func rejectingWaitsForWhoIsJoining() async throws {
    try await withIntake { intake in
      // Where no other test files anything: these locks are the whole database's.
      let spot = GeoPoint(longitude: 100.5, latitude: 13.75)
      let first = try await intake.submit("a", at: spot)
      let joined = Identifier(high: 0x0160_0000_0000_7000, low: 0x8000_0000_0000_0001)
      let rejecting = try await intake.database.transaction { transaction in
        try await transaction.query(FilingStore.lock(around: CaseSpot(kind: "garbage", point: north(40, of: spot))))
        let task = Reactor.current!.spawn {
          try await intake.commands.reject(first.reportID, reason: "不属实", by: Self.clerk, key: "r1", request: [])
        }
        try await intake.database.untilSomebodyWaits(for: transaction)
        try await transaction.query(
          """
          INSERT INTO reports SELECT (jsonb_populate_record(r, jsonb_build_object('id', \(joined), 'state', 2))).* FROM reports r
          WHERE id = \(first.reportID)
          """)
        return task
      }
      _ = try await rejecting.value
      let facts = try await intake.facts().compactMap { if case .reportRejected(let fact) = $0 { fact } else { nil } }
      #expect(facts.map(\.caseIsEmpty) == [false])
      #expect(try await intake.isOpen(first.caseID))
    }
  }

  /// Made before the case was emptied, come in after it; also when dispatch has told that it is cancelled.
  @Test func nobodyJoinsAVoidCase() async throws {
    try await withIntake { intake in
      let first = try await intake.submit("a")
      intake.clock.advance(by: .seconds(600))
      try await intake.commands.reject(first.reportID, reason: "不属实", by: Self.clerk, key: "r1", request: [])
      let late = try await intake.submit("b") { $0.occurredAt = start + .seconds(60) }
      #expect(late.state == .filed && late.caseID != first.caseID)
      try await intake.database.query(
        ReportStore.follow([CaseNews(id: try #require(first.caseID), closedAt: .some(start + .seconds(700)))]))
      let later = try await intake.submit("c") { $0.occurredAt = start + .seconds(61) }
      #expect(later.caseID == late.caseID)
      try await intake.database.query(ReportStore.follow([CaseNews(id: try #require(first.caseID), closedAt: .some(nil))]))
      #expect(try await intake.isOpen(first.caseID), "reopened")
    }
  }

  @Test func placingAnUnplacedReport() async throws {
    try await withIntake { intake in
      _ = try await intake.commands.putDivisions([
        StoredDivision(tier: .district, code: "1", name: "东城", parent: "", area: Self.square.wkb),
        StoredDivision(tier: .street, code: "11", name: "一街", parent: "1", area: nil),
      ])
      let inside = try await intake.submit("in")
      #expect(try await intake.commands.reports.get(inside.reportID).report.place.districtCode == "1")
      let outside = try await intake.submit("out", at: north(50_000))
      intake.clock.advance(by: .seconds(1))
      let unknown = try await intake.submit("none", at: nil)
      intake.clock.advance(by: .seconds(1))
      let dirty = try await intake.submit("dirty", at: GeoPoint(longitude: 1_000, latitude: .nan))
      let stated = try await intake.submit("stated", at: nil) { $0.place.streetCode = "11" }
      #expect(try await intake.commands.reports.get(stated.reportID).report.place.districtCode == "1", "by the street's parent")
      var list = try await intake.commands.reports.list(ReportFilter(onlyUnplaced: true))
      #expect(list.map(\.report.id) == [outside.reportID, unknown.reportID, dirty.reportID])
      #expect(list.map(\.report.unplaced) == [.outside, .noCoordinates, .notOnEarth])

      await #expect(throws: Refusal.stillUnplaced) {
        try await intake.commands.place(unknown.reportID, CityModel.Place(point: north(70_000)), by: Self.clerk, key: "", request: [])
      }
      await #expect(throws: Refusal.unknownDivision(tier: .district, code: "9")) {
        try await intake.commands.place(unknown.reportID, CityModel.Place(districtCode: "9"), by: Self.clerk, key: "", request: [])
      }
      try await intake.commands.place(
        unknown.reportID, CityModel.Place(point: north(5), address: "广场"), by: Self.clerk, key: "", request: [])
      list = try await intake.commands.reports.list(ReportFilter(onlyUnplaced: true))
      #expect(list.count == 2)
      guard case .reportPlaced(let placed) = try await intake.facts().last else { throw Unexpected() }
      #expect(placed.place?.districtCode == "1" && placed.caseId == unknown.caseID?.bytes)
      #expect(try await intake.submit("near", at: north(6)).caseID == unknown.caseID, "the case stands where it was placed")
    }
  }

  @Test func pagesOfReports() async throws {
    try await withIntake { intake in
      for number in 0..<25 {
        intake.clock.advance(by: .seconds(1))
        try await intake.submit("k\(number)", at: nil) { $0.externalRef = number % 2 == 0 ? "even" : "" }
      }
      var filter = ReportFilter(limit: 10)
      var seen: [Identifier] = []
      while true {
        let page = try await intake.commands.reports.list(filter)
        seen += page.map(\.report.id)
        guard page.count == 10 else { break }
        filter.after = page.last?.report.id
      }
      #expect(seen.count == 25 && seen == seen.sorted())
      #expect(try await intake.commands.reports.list(ReportFilter(externalRef: "even")).count == 13)
      #expect(try await intake.commands.reports.list(ReportFilter(states: [.linked])).isEmpty)
    }
  }

  @Test func dispatchClosesAndReopens() async throws {
    try await withIntake { intake in
      let first = try await intake.submit("a")
      let id = try #require(first.caseID)
      func apply(_ kind: FactKind) async throws {
        let body = DispatchEvent(fact: .caseChanged(CaseChanged(fact: CaseFact(kind: kind)))).encoded()
        let event = changed(id, body, at: intake.clock.now())
        try await intake.database.transaction { try await DispatchFollower.apply([event], $0) }
      }
      try await apply(.handled)
      #expect(try await intake.submit("b").caseID == id)
      for (round, kind) in [FactKind.closed, .cancelled, .referred].enumerated() {
        try await apply(kind)
        #expect(try await intake.submit("c\(round)", at: north(40)) { $0.keepSeparate = true }.duplicateOf != id)
        try await intake.database.query("UPDATE cases SET closed_at = '2017-01-01' WHERE id <> \(id)")
        try await apply(.reopened)
        #expect(try await intake.submit("d\(round)").caseID == id)
      }
    }
  }

  /// Bytes that are no message, and a change that doesn't say what changed, stop the consumer; what a newer dispatch tells does not.
  @Test func anUnreadableFactOfDispatchIsNotPassedOver() async throws {
    try await withIntake { intake in
      let id = try #require(try await intake.submit("a").caseID)
      func apply(_ body: [UInt8]) async throws {
        let event = changed(id, body, at: intake.clock.now())
        try await intake.database.transaction { try await DispatchFollower.apply([event], $0) }
      }
      for body in [[0xff, 0xff], [], DispatchEvent(fact: .caseChanged(CaseChanged())).encoded()] {
        await #expect(throws: UnreadableFact.self) { try await apply(body) }
      }
      // A fact in field 127 of the event, and a kind of change that has no name here.
      try await apply([0xfa, 0x07, 0x00])
      try await apply(DispatchEvent(fact: .caseChanged(CaseChanged(fact: CaseFact(kind: .unrecognized(99))))).encoded())
      #expect(try await intake.isOpen(id))
    }
  }

  private func changed(_ id: Identifier, _ body: [UInt8], at now: Instant) -> RecordedEvent {
    RecordedEvent(
      position: EventPosition(transaction: 1, sequence: 1), type: "dispatch.case_changed", subject: id, occurredAt: now,
      recordedAt: start, body: body)
  }

  static let square = MultiPolygon(polygons: [
    [[(116.3, 39.8), (116.5, 39.8), (116.5, 40.0), (116.3, 40.0), (116.3, 39.8)].map { GeoPoint(longitude: $0.0, latitude: $0.1) }]
  ])
}
