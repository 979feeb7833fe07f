internal import CityModel
internal import EvaluationDomain

/// Figures by group and period.
struct GetIndicators: Sendable {
  let formulas: FormulaStore
  let figures: FigureStore

  /// `indicators` empty means all that are valid at `now`.
  func run(_ indicators: [String], by dimension: Dimension, period: Period, range: CountedRange, now: Instant) async throws -> [CountedRow]
  {
    let valid = try await formulas.valid(at: now)
    if let unknown = indicators.first(where: { name in !valid.contains { $0.indicator == name } }) {
      throw EvaluationRefusal.unknownIndicator(unknown)
    }
    let asked = indicators.isEmpty ? valid : valid.filter { indicators.contains($0.indicator) }
    return try await figures.count(asked, by: dimension, period: period, range: range)
  }
}
