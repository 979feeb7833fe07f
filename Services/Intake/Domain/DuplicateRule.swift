public import CityModel

/// How reports of a kind are recognised as the same fact: same kind, near, soon, and the case still open (DOMAIN.md §3).
public struct DuplicateRule: Sendable, Hashable {
  public let disabled: Bool
  public let radiusM: Double
  public let window: Duration

  /// 50 m and 24 h: the field's rule of thumb.
  public static let standard = DuplicateRule(disabled: false, radiusM: 50, window: .seconds(86_400))
  public static let longestRadiusM = 500.0
  public static let longestWindow = Duration.seconds(31 * 86_400)

  public init(disabled: Bool, radiusM: Double, window: Duration) {
    self.disabled = disabled
    self.radiusM = radiusM
    self.window = window
  }

  /// - Throws: `Refusal.invalidCodeTable`.
  func validate(kind: String) throws(Refusal) {
    guard radiusM.isFinite, radiusM > 0, radiusM <= Self.longestRadiusM else {
      throw .invalidCodeTable(problem: "the duplicate radius of \"\(kind)\" is not between 0 and \(Int(Self.longestRadiusM)) m")
    }
    guard window > .zero, window <= Self.longestWindow else {
      throw .invalidCodeTable(problem: "the duplicate window of \"\(kind)\" is not between 0 and 31 days")
    }
  }

  /// The open case that a report repeats: the nearest one, and of those equally near the oldest. Candidates must be open.
  public func match(_ kind: String, _ point: GeoPoint, at instant: Instant, among candidates: some Sequence<OpenCase>) -> DuplicateMatch? {
    guard !disabled else { return nil }
    var best: DuplicateMatch?
    for candidate in candidates where candidate.kind == kind {
      let age = instant - candidate.openedAt
      guard age <= window, .zero - age <= window else { continue }
      let distance = point.distance(to: candidate.point)
      guard distance <= radiusM else { continue }
      let match = DuplicateMatch(opened: candidate, distanceM: distance, age: age, rule: self)
      if best.map({ match.precedes($0) }) ?? true { best = match }
    }
    return best
  }
}

/// An open case as the duplicate rule sees it.
public struct OpenCase: Sendable, Hashable {
  public let id: Identifier
  public let number: String
  public let kind: String
  public let point: GeoPoint
  public let openedAt: Instant

  public init(id: Identifier, number: String, kind: String, point: GeoPoint, openedAt: Instant) {
    self.id = id
    self.number = number
    self.kind = kind
    self.point = point
    self.openedAt = openedAt
  }
}

/// A recognised duplicate with what it was recognised by.
public struct DuplicateMatch: Sendable, Hashable {
  public let opened: OpenCase
  public let distanceM: Double
  public let age: Duration
  public let rule: DuplicateRule

  func precedes(_ other: DuplicateMatch) -> Bool {
    (distanceM, opened.openedAt, opened.id) < (other.distanceM, other.opened.openedAt, other.opened.id)
  }

  /// "12 m and 35 min from case …; the rule: same kind within 50 m and 24 h".
  public var words: Words {
    let metres = Int(distanceM.rounded())
    let minutes = abs(age.components.seconds) / 60
    let radius = Int(rule.radiusM.rounded())
    let hours = rule.window.components.seconds / 3_600
    return Words(
      "与未结案卷\(opened.number)同类，相距\(metres)米，间隔\(Self.chinese(minutes))（规则：同类、\(radius)米、\(hours)小时内）",
      "same kind as open case \(opened.number), \(metres) m and \(Self.english(minutes)) apart "
        + "(rule: same kind within \(radius) m and \(hours) h)"
    )
  }

  private static func chinese(_ minutes: Int64) -> String { minutes < 60 ? "\(minutes)分钟" : "\(minutes / 60)小时\(minutes % 60)分" }
  private static func english(_ minutes: Int64) -> String { minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min" }
}
