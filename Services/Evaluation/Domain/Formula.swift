public import CityModel

/// An indicator's definition: data with a version and a validity, never code (DOMAIN.md §6; GB/T 30428.4 names the indicators).
public struct Formula: Sendable, Hashable {
  public enum Form: Sendable, Hashable {
    /// How many satisfy the numerator.
    case count
    /// Of those that satisfy the denominator, the share that satisfies the numerator too.
    case rate(denominator: Predicate)
    /// The median of a measure over the cases that satisfy the numerator, in hours.
    case medianHours(Measure)
  }

  public let indicator: String
  public let version: String
  public let name: String
  public let nameEnglish: String
  public let form: Form
  public let numerator: Predicate
  /// What the terms `…_in_limit` allow; nil when the formula has none of them.
  public let limit: Duration?
  public let validFrom: Instant

  /// Longest limit: a year.
  public static let longestLimitSeconds: Int64 = 366 * 86_400

  /// Reads and checks a formula. All its terms speak of the same subject.
  public init(
    indicator: String, version: String, name: String, nameEnglish: String, form: String, numerator: String, denominator: String,
    measure: String, limitSeconds: Int64 = 0, validFrom: Instant
  ) throws(EvaluationRefusal) {
    guard Self.isName(indicator) else { throw .formula("an indicator is named by 1 to 64 of a–z, 0–9 and _") }
    guard (1...32).contains(version.count), (1...100).contains(name.count), nameEnglish.count <= 100 else {
      throw .formula("version and name are needed, of at most 32 and 100 characters")
    }
    guard [version, name, nameEnglish].allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 } }) else {
      throw .formula("version and names hold no control characters")
    }
    self.indicator = indicator
    self.version = version
    self.name = name
    self.nameEnglish = nameEnglish
    self.validFrom = validFrom
    guard (0...Self.longestLimitSeconds).contains(limitSeconds) else { throw .formula("the limit is at most 366 days") }
    limit = limitSeconds == 0 ? nil : .seconds(limitSeconds)
    self.numerator = try Predicate(parsing: numerator)
    self.form = try Self.form(form, denominator: denominator, measure: measure)
    guard Set(terms.map(\.subject)).count == 1 else { throw .formula("terms of cases and of reports are mixed") }
    guard terms.contains(where: \.needsLimit) == (limit != nil) else {
      throw .formula("a limit belongs to the terms that end in _in_limit, and only to them")
    }
    if case .medianHours = self.form, subject != .cases { throw .formula("only cases have a measure") }
  }

  public var subject: Subject { numerator.terms.first?.subject ?? .cases }

  private var terms: Set<Term> {
    guard case .rate(let denominator) = form else { return numerator.terms }
    return numerator.terms.union(denominator.terms)
  }

  private static func form(_ form: String, denominator: String, measure: String) throws(EvaluationRefusal) -> Form {
    switch form {
    case "count":
      guard denominator.isEmpty, measure.isEmpty else { throw .formula("a count has neither denominator nor measure") }
      return .count
    case "rate":
      guard measure.isEmpty else { throw .formula("a rate has no measure") }
      return .rate(denominator: try Predicate(parsing: denominator))
    case "median_hours":
      guard denominator.isEmpty else { throw .formula("a median has no denominator") }
      guard let measure = Measure(rawValue: measure) else {
        throw .formula("a median's measure is one of \(Measure.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      return .medianHours(measure)
    default:
      throw .formula("the form is count, rate or median_hours")
    }
  }

  private static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f }
  }
}

extension Formula {
  /// The formulas valid at an instant: of each indicator the version that became valid last.
  public static func valid(at instant: Instant, of all: [Formula]) -> [Formula] {
    var latest: [String: Formula] = [:]
    for formula in all where formula.validFrom <= instant {
      if let known = latest[formula.indicator], (known.validFrom, known.version) > (formula.validFrom, formula.version) { continue }
      latest[formula.indicator] = formula
    }
    return latest.values.sorted { $0.indicator < $1.indicator }
  }
}
