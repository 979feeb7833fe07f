internal import CityModel
internal import EvaluationDomain
internal import Postgres

struct FormulaStore: Sendable {
  let database: Database

  /// Every version of every formula.
  func all() async throws -> [Formula] {
    let rows = try await database.query(
      "SELECT indicator, version, name, name_en, form, numerator, denominator, measure, limit_s, valid_from FROM formulas")
    return try rows.map { try Self.formula(from: $0) }
  }

  /// The formulas valid at an instant.
  func valid(at instant: Instant) async throws -> [Formula] {
    Formula.valid(at: instant, of: try await all())
  }

  /// Versions are never changed: repeating the same content is nothing, other content is refused.
  func put(_ formula: Formula) async throws {
    let text = formula.parts
    let inserted = try await database.query(
      """
      INSERT INTO formulas (indicator, version, name, name_en, form, numerator, denominator, measure, limit_s, valid_from)
      VALUES (\(formula.indicator), \(formula.version), \(formula.name), \(formula.nameEnglish), \(text.form), \(formula.numerator.text),
        \(text.denominator), \(text.measure), \(formula.limitSeconds), \(formula.validFrom))
      ON CONFLICT (indicator, version) DO NOTHING
      """)
    guard inserted.affected == 0 else { return }
    let known = try await all().first { $0.indicator == formula.indicator && $0.version == formula.version }
    guard known == formula else { throw EvaluationRefusal.versionTaken(indicator: formula.indicator, version: formula.version) }
  }

  private static func formula(from row: Rows.Element) throws -> Formula {
    let (indicator, version, name, english, form, numerator, denominator, measure, limit, from) = try row.decode(
      String.self, String.self, String.self, String.self, String.self, String.self, String.self, String.self, Int64.self,
      Instant.self)
    return try Formula(
      indicator: indicator, version: version, name: name, nameEnglish: english, form: form, numerator: numerator,
      denominator: denominator, measure: measure, limitSeconds: limit, validFrom: from)
  }
}

extension Formula {
  var limitSeconds: Int64 { limit?.components.seconds ?? 0 }

  /// As the columns hold it.
  var parts: (form: String, denominator: String, measure: String) {
    switch form {
    case .count: ("count", "", "")
    case .rate(let denominator): ("rate", denominator.text, "")
    case .medianHours(let measure): ("median_hours", "", measure.rawValue)
    }
  }
}
