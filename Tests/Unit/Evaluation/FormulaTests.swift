import CityModel
import EvaluationDomain
import Testing

@Suite struct PredicateTests {
  @Test(arguments: [
    ("closed", "closed"), ("not closed", "not (closed)"), ("closed and on_time or cancelled", "((closed) and (on_time)) or (cancelled)"),
    ("closed or cancelled and urgent", "(closed) or ((cancelled) and (urgent))"), ("not not open", "not (not (open))"),
    ("(closed or open)and(urgent)", "((closed) or (open)) and (urgent)"),
  ])
  func bindsAsTheReadmeSays(text: String, rendered: String) throws {
    #expect(try Predicate(parsing: text).text == rendered)
  }

  @Test(arguments: [
    "", "and", "closed and", "closed on_time", "(closed", "closed)", "not", "clos", "closed; DROP TABLE cases", "closed && open", "()",
    String(repeating: "(", count: 40) + "closed" + String(repeating: ")", count: 40), String(repeating: "not ", count: 100) + "closed",
    String(repeating: "x", count: 2_000),
  ])
  func refusesWhatItCannotRead(text: String) {
    #expect(throws: EvaluationRefusal.self) { try Predicate(parsing: text) }
  }

  /// Any predicate survives rendering and parsing, and means the same.
  @Test(arguments: 0..<200) func rendersToItself(seed: UInt64) throws {
    var random = SplitMix(seed)
    let predicate = Self.random(depth: 5, &random)
    let again = try Predicate(parsing: predicate.text)
    #expect(again == predicate, "seed \(seed)")
    for _ in 0..<20 {
      let truth = Set(Term.allCases.filter { _ in Bool.random(using: &random) })
      #expect(again.holds(truth.contains) == predicate.holds(truth.contains), "seed \(seed)")
    }
  }

  static func random(depth: Int, _ random: inout SplitMix) -> Predicate {
    switch depth == 0 ? 0 : Int.random(in: 0..<4, using: &random) {
    case 0: .term(Term.allCases.randomElement(using: &random)!)
    case 1: .not(Self.random(depth: depth - 1, &random))
    case 2: .and(Self.random(depth: depth - 1, &random), Self.random(depth: depth - 1, &random))
    default: .or(Self.random(depth: depth - 1, &random), Self.random(depth: depth - 1, &random))
    }
  }
}

@Suite struct FormulaTests {
  func formula(
    _ indicator: String = "rate", version: String = "1", form: String = "rate", numerator: String = "closed", denominator: String = "filed",
    measure: String = "", limit: Int64 = 0, from: Int64 = 0
  ) throws(EvaluationRefusal) -> Formula {
    try Formula(
      indicator: indicator, version: version, name: "率", nameEnglish: "Rate", form: form, numerator: numerator, denominator: denominator,
      measure: measure, limitSeconds: limit, validFrom: Instant(microseconds: from))
  }

  @Test func aRateIsNumeratorOverDenominator() throws {
    let rate = try formula()
    #expect(rate.figure(numerator: 737, denominator: 972, median: nil).value.map { ($0 * 10_000).rounded() } == 7582)
    #expect(rate.figure(numerator: 0, denominator: 0, median: nil).value == nil)
  }

  @Test func aMedianIsWhatWasMeasured() throws {
    let median = try formula(form: "median_hours", denominator: "", measure: "hours_to_close")
    #expect(median.figure(numerator: 3, denominator: 3, median: 1.5).value == 1.5)
    #expect(median.figure(numerator: 0, denominator: 0, median: nil).value == nil)
  }

  @Test func contradictionsAreRefused() {
    #expect(throws: EvaluationRefusal.self) { try formula("Rate") }
    #expect(throws: EvaluationRefusal.self) { try formula(form: "sum") }
    #expect(throws: EvaluationRefusal.self) { try formula(form: "count") }
    #expect(throws: EvaluationRefusal.self) { try formula(denominator: "") }
    #expect(throws: EvaluationRefusal.self) { try formula(numerator: "received") }
    #expect(throws: EvaluationRefusal.self) { try formula(form: "median_hours", denominator: "", measure: "hours") }
    #expect(throws: EvaluationRefusal.self) {
      try formula(form: "median_hours", numerator: "received", denominator: "", measure: "hours_to_close")
    }
    #expect(throws: EvaluationRefusal.self) { try formula(version: "") }
  }

  @Test func aLimitIsPartOfTheFormula() throws {
    #expect(try formula(numerator: "dispatched_in_limit", limit: 900).limit == .seconds(900))
    #expect(try formula(numerator: "dispatched_in_limit", limit: 600) != formula(numerator: "dispatched_in_limit", limit: 900))
    #expect(throws: EvaluationRefusal.self) { try formula(numerator: "dispatched_in_limit") }
    #expect(throws: EvaluationRefusal.self) { try formula(numerator: "dispatched", limit: 900) }
    #expect(throws: EvaluationRefusal.self) { try formula(numerator: "dispatched_in_limit", limit: -1) }
    #expect(throws: EvaluationRefusal.self) { try formula(numerator: "dispatched_in_limit", limit: 400 * 86_400) }
  }

  /// Chinese ends with its full stop, and English follows: that is how a page finds its language.
  @Test(arguments: [
    EvaluationRefusal.predicate("x"), .formula("x"), .unknownIndicator("x"), .unknownGroup("x"),
    .versionTaken(indicator: "x", version: "1"), .tooMuch(limit: 3), .badRange, .badPage, .notYours,
  ])
  func refusalsSayItInChineseFirst(refusal: EvaluationRefusal) {
    let parts = refusal.sentence.split(separator: "。 ")
    #expect(parts.count == 2)
    #expect(parts.first?.unicodeScalars.contains { (0x4e00...0x9fff).contains($0.value) } == true)
    #expect(parts.last?.allSatisfy(\.isASCII) == true, "\(refusal.sentence)")
  }

  @Test func theVersionThatBecameValidLastCounts() throws {
    let all = [try formula(version: "1"), try formula(version: "2", from: 100), try formula("other", from: 50)]
    #expect(Formula.valid(at: Instant(microseconds: 10), of: all).map(\.version) == ["1"])
    #expect(Formula.valid(at: Instant(microseconds: 100), of: all).map(\.indicator) == ["other", "rate"])
    #expect(Formula.valid(at: Instant(microseconds: 100), of: all).map(\.version) == ["1", "2"])
  }

  @Test func theNewestSnapshotOfACaseIsKept() {
    let id = Identifier.v7(at: Instant(microseconds: 0))
    func record(_ version: Int32) -> CaseRecord {
      CaseRecord(
        id: id, version: version, number: "", externalRef: "", kind: "", channel: "", district: "", street: "", community: "",
        department: "", crew: "", outcome: .open, filedAt: .epoch, dueAt: nil, dispatchedAt: nil, handledAt: nil, endedAt: nil,
        urgent: false, overdue: false, supervised: false, duplicate: false, unplaced: false, returns: 0, reworks: 0, reopens: 0,
        checkRequired: false)
    }
    #expect(CaseRecord.newest(of: [record(1), record(3), record(2)]).map(\.version) == [3])
  }
}

/// A small seeded generator, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

@Suite struct DrillDownRightsTests {
  private func mayList(_ rights: DrillDownRights, _ dimension: Dimension, _ group: String) -> Bool {
    do throws(EvaluationRefusal) {
      try rights.check(dimension, group)
      return true
    } catch {
      return false
    }
  }

  @Test func aDepartmentListsItsOwnCases() {
    let own = DrillDownRights(roles: [.department], department: "环卫", district: "")
    #expect(mayList(own, .department, "环卫"))
    #expect(!mayList(own, .department, "市政") && !mayList(own, .everything, "") && !mayList(own, .district, "环卫"))
    #expect(!mayList(DrillDownRights(roles: [.department], department: "", district: ""), .department, ""))
    #expect(mayList(DrillDownRights(roles: [.department, .evaluator], department: "环卫", district: ""), .department, "市政"))
  }

  @Test func aDistrictListsItsOwnCases() {
    let own = DrillDownRights(roles: [.centre], department: "", district: "D1")
    #expect(mayList(own, .district, "D1") && !mayList(own, .district, "D2") && !mayList(own, .everything, ""))
  }
}
