import CityModel
import IntakeDomain
import Testing

@Suite struct ValidationTests {
  static func submission(_ change: (inout Submission) -> Void = { _ in }) -> Submission {
    var submission = Submission()
    submission.idempotencyKey = "k"
    submission.channel = 1
    submission.kind = "garbage"
    change(&submission)
    return submission
  }

  static let refusals: [(Refusal, @Sendable (inout Submission) -> Void)] = [
    (.missing(.idempotencyKey), { $0.idempotencyKey = "" }),
    (.tooLong(.idempotencyKey, limit: 200), { $0.idempotencyKey = String(repeating: "键", count: 201) }),
    (.missing(.channel), { $0.channel = 0 }),
    (.unknownChannel(12), { $0.channel = 12 }),
    (.unknownChannel(70_000), { $0.channel = 70_000 }),
    (.missing(.kind), { $0.kind = "" }),
    (.tooLong(.text, limit: 4_000), { $0.text = String(repeating: "x", count: 4_001) }),
    (.containsNul(.text), { $0.text = "a\0b" }),
    (.tooLong(.address, limit: 500), { $0.place.address = String(repeating: "路", count: 501) }),
    (.tooLong(.reporterPhone, limit: 40), { $0.reporterPhone = String(repeating: "1", count: 41) }),
    (.tooMuchEvidence(21), { $0.evidence = [Evidence](repeating: Evidence(kind: "photo", content: ""), count: 21) }),
    (.mayNotNameTime, { $0.occurredAt = .epoch }),
    (.timeOutOfRange(.dueAt), { $0.dueAt = .distantFuture }),
    (.tooLong(.owner, limit: 200), { $0.ownerCrew = String(repeating: "x", count: 201) }),
  ]

  @Test(arguments: refusals.indices)
  func refuses(index: Int) {
    let (refusal, change) = Self.refusals[index]
    #expect(throws: refusal) { () throws in _ = try Self.submission(change).validated(for: Caller(mayNameTime: false)) }
    #expect(!refusal.code.isEmpty && !refusal.words.chinese.isEmpty && refusal.words.english.hasSuffix("."))
  }

  @Test func acceptsTheFullestReport() throws {
    let submission = Self.submission {
      $0.idempotencyKey = String(repeating: "键", count: 200)
      $0.text = String(repeating: "字", count: 4_000)
      $0.place = Place(point: GeoPoint(longitude: 999, latitude: .nan), address: String(repeating: "路", count: 500))
      $0.occurredAt = Instant(seconds: 1_512_115_200)
      $0.channel = 11
    }
    #expect(try submission.validated(for: Caller(mayNameTime: true)) == .open311)
  }

  @Test func transitionsAreATable() throws {
    #expect(try ReportState.linked.after(.unlink) == .filed)
    for state in ReportState.allCases {
      for action in ReportAction.allCases {
        let known = ReportState.transitions.contains { $0.from == state && $0.action == action }
        #expect(((try? state.after(action)) != nil) == known)
      }
    }
    #expect(!ReportState.transitions.contains { $0.from == .rejected }, "rejected is the end")
  }

  @Test func reasonsNeedWords() throws {
    #expect(try Reason("不属实", for: .reject).text == "不属实")
    #expect(throws: Refusal.reasonRequired(.reject)) { () throws in _ = try Reason(" \n", for: .reject) }
    #expect(throws: Refusal.tooLong(.reason, limit: 1_000)) { () throws in
      _ = try Reason(String(repeating: "x", count: 1_001), for: .unlink)
    }
  }
}
