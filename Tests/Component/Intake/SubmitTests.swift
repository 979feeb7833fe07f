import CityModel
import Cryptography
import Events
import IntakeAPI
import IntakeDomain
import Postgres
import Reactor
import TestKit
import Testing

@testable import IntakeService

@Suite(.timeLimit(.minutes(5))) struct SubmitTests {
  @Test func filesACaseAndTellsIt() async throws {
    try await withIntake { intake in
      let answer = try await intake.submit("a") {
        $0.reporterName = "王小明"
        $0.reporterPhone = "13812341234"
        $0.evidence = [IntakeDomain.Evidence(kind: "photo", content: "https://city/1.jpg")]
        $0.ownerDepartment = "环卫"
        $0.dueAt = start + .seconds(3_600)
      }
      #expect(answer.state == .filed && !answer.repeated && answer.position != nil)
      #expect(CaseNumber(parsing: answer.caseNumber)?.description.hasPrefix("171201-") == true)
      let facts = try await intake.facts()
      guard facts.count == 2, case .reportReceived(let received) = facts[0], case .caseFiled(let filed) = facts[1] else {
        Issue.record("\(facts)")
        return
      }
      #expect(received.state == .filed && received.caseNumber == answer.caseNumber)
      #expect(filed.standard?.id == "garbage-standard" && filed.standard?.unit == .workingHour && filed.kindName == "暴露生活垃圾")
      #expect(filed.ownerDepartment == "环卫" && filed.dueAtUs == (start + .seconds(3_600)).microseconds && filed.unplaced)
      let id = answer.reportID.description
      #expect(try intake.cipher.open(received.sealedName, context: "intake.reporter.name:\(id)") == "王小明")
      #expect(try intake.cipher.open(received.sealedPhone, context: "intake.reporter.phone:\(id)") == "13812341234")
      let shown = try await intake.commands.reports.get(answer.reportID)
      #expect(shown.maskedName == "王**" && shown.maskedPhone == "138****1234")
      #expect(shown.report.evidence.map(\.content) == ["https://city/1.jpg"] && shown.report.caseNumber == answer.caseNumber)
      let plain = try await intake.database.query(
        "SELECT count(*) FROM reports r WHERE r::text LIKE '%王小明%' OR r::text LIKE '%13812341234%'")
      #expect(try plain[0][0, Int.self] == 0)
    }
  }

  @Test func nearSameKindJoinsTheOpenCase() async throws {
    try await withIntake { intake in
      let first = try await intake.submit("a")
      intake.clock.advance(by: .seconds(3_600))
      let near = try await intake.submit("b", at: north(49))
      #expect(near.state == .linked && near.caseID == first.caseID && near.duplicateOf == first.caseID)
      #expect(try await intake.submit("c", at: north(51)).state == .filed)
      #expect(try await intake.submit("d") { $0.kind = "lamp" }.state == .filed)
      intake.clock.advance(by: .seconds(86_400 - 3_600 + 1))
      #expect(try await intake.submit("e").state == .filed, "the window is over")
      let report = try await intake.commands.reports.get(near.reportID).report
      #expect(report.duplicateReason.english.contains("49 m and 1 h 0 min apart"))
      guard case .reportLinked(let linked) = try await intake.facts()[3] else { throw Unexpected() }
      #expect(linked.caseNumber == first.caseNumber)
    }
  }

  @Test func nearestThenOldestWins() async throws {
    try await withIntake { intake in
      let far = try await intake.submit("far", at: north(40)) { $0.keepSeparate = true }
      intake.clock.advance(by: .seconds(1))
      let old = try await intake.submit("old", at: north(-20)) { $0.keepSeparate = true }
      intake.clock.advance(by: .seconds(1))
      let new = try await intake.submit("new", at: north(-20)) { $0.keepSeparate = true }
      #expect(far.state == .filed && old.state == .filed && new.state == .filed)
      #expect(new.duplicateOf == old.caseID)
      #expect(try await intake.submit("x").caseID == old.caseID)
      #expect(try await intake.submit("y", at: north(15)).caseID == far.caseID)
    }
  }

  @Test func rulesOfAKind() async throws {
    try await withIntake { intake in
      try await intake.submit("a") { $0.kind = "lamp" }
      #expect(try await intake.submit("b", at: north(11)) { $0.kind = "lamp" }.state == .filed)
      #expect(try await intake.submit("c", at: north(5)) { $0.kind = "lamp" }.state == .linked)
      try await intake.submit("d") { $0.kind = "noise" }
      #expect(try await intake.submit("e") { $0.kind = "noise" }.state == .filed, "no rule for noise")
      #expect(try await intake.submit("f", at: nil).state == .filed, "nothing to measure")
      #expect(try await intake.submit("g", at: nil).state == .filed)
    }
  }

  @Test func withoutAStandardNothingIsFiled() async throws {
    try await withIntake { intake in
      let answer = try await intake.submit("a") { $0.kind = "odd" }
      #expect(answer.state == .notFiled && answer.caseID == nil && answer.words.english.contains("something else"))
      guard case .reportReceived(let received) = try await intake.facts()[0] else { throw Unexpected() }
      #expect(received.state == .notFiled && !received.reason.isEmpty && !received.reasonEn.isEmpty)
      #expect(try await intake.count("cases") == 0)
      await #expect(throws: Refusal.unknownKind("nonsense", version: "2017")) { try await intake.submit("b") { $0.kind = "nonsense" } }
    }
  }

  @Test func repeatedKeysGetTheFirstAnswer() async throws {
    try await withIntake { intake in
      let first = try await intake.submit("a")
      let again = try await intake.submit("a")
      #expect(again.repeated && again.reportID == first.reportID && again.caseNumber == first.caseNumber && again.words == first.words)
      #expect(again.position == first.position)
      await #expect(throws: Refusal.keyReused("a")) { try await intake.submit("a") { $0.text = "another" } }
      #expect(try await intake.count("reports") == 1)
    }
  }

  /// Everything at once, in one batch: repetitions of a key, duplicates, refusals; none spoils the others.
  @Test func oneBatch() async throws {
    try await withIntake { intake in
      let stream = SubmitReports(intake.commands.submit)
      let items: [(String, GeoPoint, String)] = [
        ("a", square, "one"), ("b", north(10), "two"), ("a", square, "one"), ("a", square, "other"), ("", square, "no key"),
        ("c", north(5_000), "three"), ("d", north(5_010), "four"), ("e", square, "a\0b"),
      ]
      for (key, point, text) in items {
        let submission = intake.submission(key, at: point) { $0.text = text }
        try await stream.take(submission, by: Caller(mayNameTime: false), request: intake.fingerprint(submission))
      }
      let (accepted, failures) = await stream.finish()
      #expect(accepted.map(\.state) == [.filed, .linked, .filed, .filed, .linked])
      #expect(accepted[1].caseID == accepted[0].caseID && accepted[2].repeated && accepted[4].caseID == accepted[3].caseID)
      #expect(failures.map(\.index) == [3, 4, 7])
      #expect(failures.compactMap { $0.error as? Refusal } == [.keyReused("a"), .missing(.idempotencyKey), .containsNul(.text)])
      #expect(try await intake.count("reports") == 4)
      #expect(try await intake.count("commands") == 4)
      let transactions = try await intake.database.query("SELECT count(DISTINCT xid) FROM events")
      #expect(try transactions[0][0, Int.self] == 1, "one batch, one transaction")
    }
  }

  @Test func aStreamOfThousands() async throws {
    try await withIntake { intake in
      let stream = SubmitReports(intake.commands.submit)
      for number in 0..<3_000 {
        let submission = intake.submission("r\(number)", at: north(Double(number / 3) * 200))
        try await stream.take(submission, by: Caller(mayNameTime: false), request: intake.fingerprint(submission))
      }
      let (accepted, failures) = await stream.finish()
      #expect(failures.isEmpty && accepted.count == 3_000)
      #expect(accepted.filter { $0.state == .filed }.count == 1_000 && accepted.filter { $0.state == .linked }.count == 2_000)
      #expect(accepted.enumerated().allSatisfy { $0.offset % 3 == 0 || $0.element.caseID == accepted[$0.offset / 3 * 3].caseID })
      #expect(try await intake.count("events") == 6_000)
      let orphans = try await intake.database.query(
        "SELECT count(*) FROM reports WHERE case_id IS NOT NULL AND case_id NOT IN (SELECT id FROM cases)")
      #expect(try orphans[0][0, Int.self] == 0)
    }
  }

  /// 2 replicas × 2 reactors file the same fact at the same time, again and again: one case each time.
  @Test func concurrentDuplicatesOpenOneCase() async throws {
    try await withIntake { intake in
      let other = intake.test.another()
      let replica = try await TestIntake(intake.test, on: other, clock: intake.clock)
      for round in 0..<20 {
        let place = north(Double(round) * 1_000)
        try await withThrowingTaskGroup(of: FilingAnswer.self) { group in
          for number in 0..<24 {
            let reactor = intake.test.reactors.reactors[number % 2]
            let chosen = number % 4 < 2 ? intake : replica
            group.addTask {
              try await reactor.spawn { try await chosen.submit("\(round)-\(number)", at: north(Double(number), of: place)) }.value
            }
          }
          var cases = Set<Identifier?>()
          for try await answer in group { cases.insert(answer.caseID) }
          #expect(cases.count == 1, "round \(round)")
        }
      }
      #expect(try await intake.count("cases") == 20)
      await other.close()
    }
  }

  /// The same key on two replicas at once is one report.
  @Test func concurrentRepetitions() async throws {
    try await withIntake { intake in
      let other = intake.test.another()
      let replica = try await TestIntake(intake.test, on: other, clock: intake.clock)
      try await withThrowingTaskGroup(of: FilingAnswer.self) { group in
        for number in 0..<40 {
          let reactor = intake.test.reactors.reactors[number % 2]
          let chosen = number % 4 < 2 ? intake : replica
          group.addTask { try await reactor.spawn { try await chosen.submit("key\(number % 5)") { $0.kind = "noise" } }.value }
        }
        var reports = Set<Identifier>()
        for try await answer in group { reports.insert(answer.reportID) }
        #expect(reports.count == 5)
      }
      #expect(try await intake.count("reports") == 5)
      await other.close()
    }
  }

  @Test func onlyAReplayNamesTheTime() async throws {
    try await withIntake { intake in
      let submission = intake.submission("a") { $0.occurredAt = start - .seconds(100) }
      await #expect(throws: Refusal.mayNotNameTime) {
        try await intake.commands.submit(submission, by: Caller(mayNameTime: false), request: [])
      }
      let answer = try await intake.submit("b") { $0.occurredAt = start - .seconds(100 * 86_400) }
      #expect(answer.caseNumber.hasPrefix("170823-"))
      #expect(try await intake.commands.reports.get(answer.reportID).report.occurredAt == start - .seconds(100 * 86_400))
    }
  }

  /// A trigger breaks every transaction that holds one certain report: the others of its batch are filed all the same.
  @Test func oneBadReportDoesNotSpoilItsBatch() async throws {
    try await withIntake { intake in
      try await intake.database.query("ALTER TABLE reports ADD CONSTRAINT no_poison CHECK (text <> 'poison')")
      let stream = SubmitReports(intake.commands.submit)
      for number in 0..<20 {
        let submission = intake.submission("r\(number)", at: north(Double(number) * 200)) { $0.text = number == 7 ? "poison" : "fine" }
        try await stream.take(submission, by: Caller(mayNameTime: false), request: intake.fingerprint(submission))
      }
      let (accepted, failures) = await stream.finish()
      #expect(accepted.count == 19 && failures.map(\.index) == [7])
      #expect((failures[0].error as? PostgresError)?.constraint == "no_poison")
    }
  }

  @Test func candidatesUseTheIndex() async throws {
    try await withIntake { intake in
      try await intake.submit("a")
      let report = try intake.commands.submit.prepare(intake.submission("b"), by: Caller(mayNameTime: false), request: [])
      let plan = try await intake.database.query("EXPLAIN \(fragment: FilingStore.candidates([report]))").column(String.self)
      #expect(plan.contains { $0.contains("Index Scan using cases_nearby") }, "\(plan.joined(separator: "\n"))")
    }
  }
}

struct Unexpected: Error {}
