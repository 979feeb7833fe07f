public import CityModel

/// 立案标准: when a report of a kind becomes a case, by when that must be dealt with and what closes it.
public struct FilingStandard: Sendable, Hashable {
  /// Stable across versions.
  public let id: String
  public let version: String
  public let kind: String
  /// 立案条件, for people.
  public let condition: String
  /// In `unit`; 0 without one.
  public let limit: Int32
  /// Nil: no limit of its own.
  public let unit: LimitUnit?
  /// 结案条件, for people.
  public let closingCondition: String
  public let urgent: Bool
  /// 核查 is needed before closing.
  public let checkRequired: Bool

  public init(
    id: String, version: String, kind: String, condition: String = "", limit: Int32 = 0, unit: LimitUnit? = nil,
    closingCondition: String = "", urgent: Bool = false, checkRequired: Bool = false
  ) {
    self.id = id
    self.version = version
    self.kind = kind
    self.condition = condition
    self.limit = limit
    self.unit = unit
    self.closingCondition = closingCondition
    self.urgent = urgent
    self.checkRequired = checkRequired
  }

  /// The longest limit, in any unit: 10,000.
  public static let longestLimit: Int32 = 10_000

  /// - Throws: `Refusal.invalidStandard` for the first thing that is wrong.
  public func validate() throws(Refusal) {
    guard !id.isEmpty, !version.isEmpty, !kind.isEmpty else {
      throw .invalidStandard(id: id, problem: "id, version and kind are needed")
    }
    for text in [id, version, kind] { try Submission.check(text, .kind, SubmissionLimits.reference) }
    for text in [condition, closingCondition] { try Submission.check(text, .text, SubmissionLimits.text) }
    guard unit == nil ? limit == 0 : (1...Self.longestLimit).contains(limit) else {
      throw .invalidStandard(id: id, problem: unit == nil ? "a limit without a unit" : "a limit outside 1 to \(Self.longestLimit)")
    }
  }
}

/// All versions of all standards.
public struct FilingStandards: Sendable {
  private var versions: [String: [Dated]] = [:]

  private struct Dated: Sendable {
    let standard: FilingStandard
    let validFrom: Instant
  }

  public init(_ standards: [(standard: FilingStandard, validFrom: Instant)] = []) {
    for (standard, validFrom) in standards.sorted(by: { ($0.validFrom, $0.standard.version) < ($1.validFrom, $1.standard.version) }) {
      versions[standard.kind, default: []].append(Dated(standard: standard, validFrom: validFrom))
    }
  }

  /// The filing decision: of the standards of the kind, each in the version valid at the instant, one that is as urgent as the report; the
  /// lowest id where several are. When none is as urgent, the lowest id. Nil (不予立案) when no standard covers the kind.
  public func standard(for kind: String, urgent: Bool, at instant: Instant) -> FilingStandard? {
    var current: [String: FilingStandard] = [:]
    for dated in versions[kind] ?? [] where dated.validFrom <= instant { current[dated.standard.id] = dated.standard }
    return current.values.min { ($0.urgent == urgent ? 0 : 1, $0.id) < ($1.urgent == urgent ? 0 : 1, $1.id) }
  }
}
