internal import CityModel
internal import EvaluationDomain
internal import Postgres

/// Which cases or reports are counted: those of [from, before), by time of filing or of reporting.
struct CountedRange: Sendable, Hashable {
  var from: Instant?
  var before: Instant?

  var sql: SQL {
    switch (from, before) {
    case (nil, nil): "true"
    case (let from?, nil): "counted_at >= \(from)"
    case (nil, let before?): "counted_at < \(before)"
    case (let from?, let before?): "counted_at >= \(from) AND counted_at < \(before)"
    }
  }
}

/// What one group and period counted, in the order of the formulas asked.
struct CountedRow: Sendable, Hashable {
  var group: String
  var periodStart: Int32
  var figures: [Figure]
}

/// Counts figures, and lists the cases behind them with the same conditions.
struct FigureStore: Sendable {
  let database: Database
  /// The city's, as PostgreSQL names it.
  let timeZone: String

  /// Most figures (groups × periods × formulas) of one answer: 30,000, well within the largest message.
  static let figureLimit = 30_000

  /// One statement a subject, whatever the number of formulas.
  /// - Throws: `EvaluationRefusal.tooMuch`.
  func count(_ formulas: [Formula], by dimension: Dimension, period: Period, range: CountedRange) async throws -> [CountedRow] {
    var rows: [Key: [String: Figure]] = [:]
    let rowLimit = Self.figureLimit / max(1, formulas.count)
    for subject in Subject.allCases {
      let asked = formulas.filter { $0.subject == subject }
      guard !asked.isEmpty else { continue }
      for row in try await database.query(
        "\(fragment: Self.counting(asked, subject, dimension, period, range, timeZone)) LIMIT \(rowLimit + 1)")
      {
        let (group, start, counts, medians) = try row.decode(String.self, Int32.self, [Int64].self, [Double?].self)
        for (index, formula) in asked.enumerated() {
          let figure = formula.figure(numerator: counts[2 * index], denominator: counts[2 * index + 1], median: medians[index])
          rows[Key(period: start, group: group), default: [:]][formula.indicator] = figure
        }
      }
    }
    guard rows.count <= rowLimit else { throw EvaluationRefusal.tooMuch(limit: Self.figureLimit) }
    return rows.sorted { $0.key < $1.key }.map { key, figures in
      // A group that only the other subject knows has counted nothing.
      CountedRow(
        group: key.group, periodStart: key.period,
        figures: formulas.map { figures[$0.indicator] ?? $0.figure(numerator: 0, denominator: 0, median: nil) })
    }
  }

  private struct Key: Hashable, Comparable {
    var period: Int32
    var group: String
    static func < (left: Key, right: Key) -> Bool { (left.period, left.group) < (right.period, right.group) }
  }

  private static func counting(
    _ formulas: [Formula], _ subject: Subject, _ dimension: Dimension, _ period: Period, _ range: CountedRange, _ timeZone: String
  ) -> SQL {
    var counts: SQL = ""
    var medians: SQL = ""
    for (index, formula) in formulas.enumerated() {
      let comma = index == 0 ? "" : ", "
      counts = """
        \(fragment: counts)\(unsafeLiteral: comma)count(*) FILTER (WHERE \(fragment: formula.counted(.numerator))), \
        count(*) FILTER (WHERE \(fragment: formula.counted(.denominator)))
        """
      medians = "\(fragment: medians)\(unsafeLiteral: comma)\(fragment: formula.median)"
    }
    return """
      SELECT \(fragment: dimension.sql), \(fragment: period.sql(timeZone: timeZone)), ARRAY[\(fragment: counts)], \
      ARRAY[\(fragment: medians)]::float8[] FROM \(fragment: subject.view) WHERE \(fragment: range.sql) GROUP BY 1, 2
      """
  }
}

/// Which of a figure's two counts.
enum CountedPart: Sendable, Hashable {
  case numerator, denominator
}

extension Formula {
  /// The condition of a part. A rate's numerator lies within its denominator; other forms have but one part.
  func counted(_ part: CountedPart) -> SQL {
    guard case .rate(let denominator) = form else { return numerator.sql(limit: limit) }
    let within = denominator.sql(limit: limit)
    return part == .denominator ? within : "(\(fragment: numerator.sql(limit: limit)) AND \(fragment: within))"
  }

  fileprivate var median: SQL {
    guard case .medianHours(let measure) = form else { return "NULL" }
    return "percentile_cont(0.5) WITHIN GROUP (ORDER BY \(fragment: measure.sql)) FILTER (WHERE \(fragment: numerator.sql(limit: limit)))"
  }
}
