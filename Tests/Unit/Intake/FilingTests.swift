import CityModel
import IntakeDomain
import Testing

@Suite struct FilingTests {
  static let start = Instant(seconds: 1_512_115_200)
  static let point = GeoPoint(longitude: 116.397, latitude: 39.909)
  static let garbage = CodeTable.Code(code: "garbage", name: "暴露生活垃圾")
  static let standard = FilingStandard(id: "s", version: "1", kind: "garbage", limit: 4, unit: .workingHour)

  static func request(
    _ number: UInt64, at point: GeoPoint?, after seconds: Int64 = 0, keepSeparate: Bool = false, standard: FilingStandard? = standard
  ) -> FilingRequest {
    FilingRequest(
      kind: garbage, point: point, occurredAt: start + .seconds(seconds), keepSeparate: keepSeparate, standard: standard,
      caseID: Identifier(high: 0, low: number))
  }

  static func north(_ metres: Double) -> GeoPoint {
    GeoPoint(longitude: point.longitude, latitude: point.latitude + metres / GeoPoint.metresPerDegree)
  }

  @Test func aBatchJoinsItsOwnCases() {
    var desk = FilingDesk(timeZone: .utc)
    var last: Int64 = 0
    func next() -> Int64 {
      last += 1
      return last
    }
    let first = desk.decide(Self.request(1, at: Self.point), candidates: [], nextNumber: next)
    #expect(first == .filed(CaseNumber(day: LocalDate(iso: "2017-12-01")!, sequence: 1), repeats: nil))
    guard case .linked(let match) = desk.decide(Self.request(2, at: Self.north(30), after: 60), candidates: [], nextNumber: next) else {
      Issue.record("not linked")
      return
    }
    #expect(match.opened.id == Identifier(high: 0, low: 1) && last == 1)
    #expect(match.words.english.contains("30 m and 1 min apart") && match.words.chinese.contains("相距30米，间隔1分钟"))
    guard
      case .filed(_, let repeated?) = desk.decide(
        Self.request(3, at: Self.north(30), after: 60, keepSeparate: true), candidates: [], nextNumber: next)
    else {
      Issue.record("not filed apart")
      return
    }
    #expect(repeated.opened.id == Identifier(high: 0, low: 1) && last == 2)
    #expect(desk.decide(Self.request(4, at: nil), candidates: [], nextNumber: next) != first && last == 3)
    let uncovered = Self.request(5, at: Self.north(900), standard: nil)
    #expect(desk.decide(uncovered, candidates: [], nextNumber: next) == .notFiled(repeats: nil) && last == 3)
  }

  @Test(arguments: [
    (49.9, Int64(0), true), (50.1, 0, false), (0, 86_400, true), (0, 86_401, false), (0, -86_400, true), (0, -86_401, false),
  ])
  func limitsOfTheRule(metres: Double, seconds: Int64, isDuplicate: Bool) {
    let opened = OpenCase(id: Identifier(high: 0, low: 1), number: "n", kind: "garbage", point: Self.point, openedAt: Self.start)
    let match = DuplicateRule.standard.match("garbage", Self.north(metres), at: Self.start + .seconds(seconds), among: [opened])
    #expect((match != nil) == isDuplicate)
    #expect(DuplicateRule.standard.match("lamp", Self.point, at: Self.start, among: [opened]) == nil)
  }

  /// Against looking at every case: the cells asked for hold whatever lies within the radius, and two reports that repeat each other hold
  /// a common lock.
  @Test(arguments: [UInt64(1), 2, 3])
  func cellsMissNothing(seed: UInt64) {
    var random = SeededRandom(seed)
    for _ in 0..<3_000 {
      let radius = Double.random(in: 1...500, using: &random)
      let center = GeoPoint(
        longitude: .random(in: -180..<180, using: &random), latitude: Double.random(in: -80...80, using: &random))
      let angle = Double.random(in: 0...360, using: &random)
      let other = Self.point(from: center, metres: radius * Double.random(in: 0...0.999, using: &random), degrees: angle)
      #expect(center.distance(to: other) <= radius)
      #expect(
        GeoGrid.cells(around: center, halfSideM: radius).contains(GeoGrid.cell(of: other)), "seed \(seed): \(center) \(other) \(radius) m")
      let locks = Set(GeoGrid.cells(around: center, halfSideM: radius / 2))
      #expect(!locks.isDisjoint(with: GeoGrid.cells(around: other, halfSideM: radius / 2)), "seed \(seed): \(center) \(other) \(radius) m")
    }
    #expect(GeoGrid.cells(around: GeoPoint(longitude: 0, latitude: 90), halfSideM: 500).count < 500, "even at a pole")
  }

  private static func point(from center: GeoPoint, metres: Double, degrees: Double) -> GeoPoint {
    // A rotation by quarter degrees without trigonometry: a point on a square's diagonal directions is good enough for a property.
    let (dx, dy): (Double, Double) =
      switch Int(degrees) % 8 {
      case 0: (1, 0)
      case 1: (0.7, 0.7)
      case 2: (0, 1)
      case 3: (-0.7, 0.7)
      case 4: (-1, 0)
      case 5: (-0.7, -0.7)
      case 6: (0, -1)
      default: (0.7, -0.7)
      }
    let longitude = center.longitude + dx * metres * 0.99 / center.metresPerDegreeOfLongitude
    return GeoPoint(
      longitude: longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude,
      latitude: center.latitude + dy * metres * 0.99 / GeoPoint.metresPerDegree)
  }

  @Test func standardsByKindUrgencyAndTime() {
    func standard(_ id: String, _ version: String, urgent: Bool = false) -> FilingStandard {
      FilingStandard(id: id, version: version, kind: "k", limit: 1, unit: .workingDay, urgent: urgent)
    }
    let standards = FilingStandards([
      (standard("b", "1"), Instant(seconds: 0)), (standard("b", "2"), Instant(seconds: 100)),
      (standard("a-urgent", "1", urgent: true), Instant(seconds: 50)),
    ])
    #expect(standards.standard(for: "k", urgent: false, at: Instant(seconds: -1)) == nil)
    #expect(standards.standard(for: "k", urgent: false, at: Instant(seconds: 99)) == standard("b", "1"))
    #expect(standards.standard(for: "k", urgent: false, at: Instant(seconds: 100)) == standard("b", "2"))
    #expect(standards.standard(for: "k", urgent: true, at: Instant(seconds: 49)) == standard("b", "1"), "none is urgent yet")
    #expect(standards.standard(for: "k", urgent: true, at: Instant(seconds: 50)) == standard("a-urgent", "1", urgent: true))
    #expect(standards.standard(for: "other", urgent: false, at: Instant(seconds: 100)) == nil)
  }

  @Test func tablesAreValidated() {
    func validate(_ codes: [CodeTable.Code]) throws {
      try CodeTable(name: "kind", version: "1", validFrom: .epoch, codes: codes).validate()
    }
    #expect(throws: Refusal.self) { try validate([.init(code: "a", name: ""), .init(code: "a", name: "")]) }
    #expect(throws: Refusal.self) { try validate([.init(code: "", name: "")]) }
    let wide = DuplicateRule(disabled: false, radiusM: 501, window: .seconds(1))
    #expect(throws: Refusal.self) { try validate([.init(code: "a", name: "", duplicateRule: wide)]) }
    let endless = DuplicateRule(disabled: false, radiusM: 5, window: .seconds(32 * 86_400))
    #expect(throws: Refusal.self) { try validate([.init(code: "a", name: "", duplicateRule: endless)]) }
    #expect(throws: Never.self) { try validate([Self.garbage]) }
    #expect(throws: Refusal.self) { try FilingStandard(id: "x", version: "1", kind: "k", limit: 1, unit: nil).validate() }
    #expect(throws: Refusal.self) { try FilingStandard(id: "x", version: "1", kind: "k", limit: 0, unit: .workingDay).validate() }
  }
}
