internal import CityModel
internal import EvaluationDomain
internal import NodeKit

/// The cases behind one figure.
struct DrillDown: Sendable {
  static let defaultPage = 100
  static let largestPage = 1_000

  let formulas: FormulaStore
  let figures: FigureStore

  struct Question: Sendable {
    var indicator: String
    var part: CountedPart
    var dimension: Dimension
    var group: String
    var period: Period
    var periodStart: Int32
    var range: CountedRange
    /// Only cases of this district, whatever the group; nil: everywhere.
    var district: String?
    var pageSize: Int
    var token: String
  }

  struct Answer: Sendable {
    var total: Int64
    var cases: [CountedCase]
    var nextToken: String
  }

  func run(_ question: Question, now: Instant) async throws -> Answer {
    guard let formula = try await formulas.valid(at: now).first(where: { $0.indicator == question.indicator }) else {
      throw EvaluationRefusal.unknownIndicator(question.indicator)
    }
    let cell = Cell(
      formula: formula, part: question.part, dimension: question.dimension, group: question.group, period: question.period,
      periodStart: question.periodStart, range: question.range, district: question.district)
    let size = question.pageSize > 0 ? min(question.pageSize, Self.largestPage) : Self.defaultPage
    let (total, cases) = try await figures.cases(behind: cell, after: try Self.cursor(question.token), limit: size + 1)
    let page = Array(cases.prefix(size))
    return Answer(total: total, cases: page, nextToken: cases.count > size ? Self.token(page[size - 1].cursor) : "")
  }

  private static func token(_ cursor: CountedCase.Cursor) -> String {
    PageCursor(at: cursor.at, id: cursor.id).token
  }

  private static func cursor(_ token: String) throws(EvaluationRefusal) -> CountedCase.Cursor? {
    if token.isEmpty { return nil }
    guard let cursor = PageCursor(token: token) else { throw .badPage }
    return .init(at: cursor.instant, id: cursor.id)
  }
}
