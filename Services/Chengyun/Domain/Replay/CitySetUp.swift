internal import CityModel

/// What the node must know before the first report: kinds, standards, who exists and who is responsible.
public struct CitySetUp: Sendable, Hashable {
  public struct Kind: Sendable, Hashable {
    public let code: String
    public let nameZh: String
    public let nameEn: String
    /// Not one that citizens choose.
    public let staffOnly: Bool

    public init(code: String, nameZh: String, nameEn: String, staffOnly: Bool = false) {
      self.code = code
      self.nameZh = nameZh
      self.nameEn = nameEn
      self.staffOnly = staffOnly
    }
  }

  public struct Department: Sendable, Hashable {
    public let code: String
    public let nameZh: String
    public let nameEn: String
    public let crews: [String]
  }

  /// A division that the data state by its code.
  public struct StatedDivision: Sendable, Hashable {
    public let tier: DivisionTier
    public let code: String
  }

  public let kinds: [Kind]
  public let statedDivisions: [StatedDivision]
  public let standards: [StandardRule]
  public let departments: [Department]
  public let responsibilities: [ResponsibilityRule]

  /// Kinds, owners and crews as they occur in the data, in alphabetical order, so that the same data give the same set-up.
  public init(_ cases: [SourceCase], _ mapping: Mapping) {
    var owners: [String: [String: Int]] = [:]
    var crews: [String: Set<String>] = [:]
    for item in cases {
      owners[item.kind, default: [:]][item.owner, default: 0] += 1
      if !item.owner.isEmpty { crews[item.owner, default: []].formUnion(item.crew.isEmpty ? [] : [item.crew]) }
    }
    statedDivisions = Self.divisions(cases)
    let kindNames = mapping.kind.names
    kinds = owners.keys.sorted().map { code in
      Kind(code: code, nameZh: kindNames[code]?.zh.nonEmpty ?? code, nameEn: kindNames[code]?.en.nonEmpty ?? code)
    }
    standards = kinds.map { Self.standard(for: $0.code, mapping.standards) }
    responsibilities =
      mapping.responsibilities.isEmpty
      ? Self.majority(owners, fallback: mapping.defaultOwner) : mapping.responsibilities
    for rule in responsibilities {
      crews[rule.department, default: []].formUnion(rule.crew.isEmpty ? [] : [rule.crew])
    }
    let ownerNames = mapping.owner?.names ?? [:]
    departments = crews.keys.sorted().map { code in
      Department(
        code: code, nameZh: ownerNames[code]?.zh.nonEmpty ?? code, nameEn: ownerNames[code]?.en.nonEmpty ?? code,
        crews: crews[code]!.sorted())
    }
  }

  private static func divisions(_ cases: [SourceCase]) -> [StatedDivision] {
    let tiers: [(DivisionTier, KeyPath<Place, String>)] = [
      (.district, \.districtCode), (.street, \.streetCode), (.community, \.communityCode),
    ]
    return tiers.flatMap { tier, code in
      Set(cases.map { $0.place[keyPath: code] }).subtracting([""]).sorted().map { StatedDivision(tier: tier, code: $0) }
    }
  }

  private static func standard(for kind: String, _ rules: [StandardRule]) -> StandardRule {
    var rule =
      rules.first { $0.kind == kind } ?? rules.first { $0.kind == "*" }
      ?? StandardRule(kind: kind, limit: 0, unit: .none, condition: "as the source files it", closingCondition: "as the source closes it")
    rule.kind = kind
    return rule
  }

  /// Each kind to the owner that the data give it most often; the first in the alphabet wins a tie.
  private static func majority(_ owners: [String: [String: Int]], fallback: String?) -> [ResponsibilityRule] {
    let rules = owners.keys.sorted().compactMap { kind -> ResponsibilityRule? in
      let named = owners[kind]!.filter { !$0.key.isEmpty }
      guard let best = named.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else { return nil }
      return ResponsibilityRule(kind: kind, department: best.key)
    }
    return rules + (fallback.map { [ResponsibilityRule(department: $0)] } ?? [])
  }
}

extension String {
  /// Nil when there is nothing in it.
  var nonEmpty: String? { isEmpty ? nil : self }
}
