internal import CityModel
internal import EvaluationDomain
internal import Postgres

/// A case (or a report) behind a figure.
struct CountedCase: Sendable, Hashable {
  var caseID: Identifier?
  var number: String
  var externalRef: String
  var kind: String
  var department: String
  var district: String
  var street: String
  var countedAt: Instant
  var dueAt: Instant?
  var endedAt: Instant?
  var outcome: String
  /// Its place in the listing.
  var cursor: Cursor

  struct Cursor: Sendable, Hashable {
    var at: Instant
    var id: Identifier
  }
}

/// One cell of a table of figures.
struct Cell: Sendable, Hashable {
  var formula: Formula
  var part: CountedPart
  var dimension: Dimension
  var group: String
  var period: Period
  var periodStart: Int32
  var range: CountedRange
  /// Only of this district; nil: everywhere.
  var district: String?
}

extension FigureStore {
  /// How many cases stand behind the cell, and the next ones after a cursor in the order of their filing.
  func cases(behind cell: Cell, after cursor: CountedCase.Cursor?, limit: Int) async throws -> (total: Int64, cases: [CountedCase]) {
    let condition = condition(of: cell)
    let view = cell.formula.subject.view
    let results = try await database.atomically([
      "SELECT count(*) FROM \(fragment: view) WHERE \(fragment: condition)",
      """
      SELECT case_id, \(fragment: cell.formula.subject.columns), counted_at, counted_id FROM \(fragment: view)
      WHERE \(fragment: condition) AND \(fragment: Self.after(cursor)) ORDER BY counted_at, counted_id LIMIT \(limit)
      """,
    ])
    let total = try results[0].column(Int64.self).first ?? 0
    let cases = try results[1].map { row in
      let (id, number, ref, kind, department, district, street, due, ended, outcome, at, counted) = try row.decode(
        Identifier?.self, String.self, String.self, String.self, String.self, String.self, String.self, Instant?.self, Instant?.self,
        String.self, Instant.self, Identifier.self)
      return CountedCase(
        caseID: id, number: number, externalRef: ref, kind: kind, department: department, district: district, street: street,
        countedAt: at, dueAt: due, endedAt: ended, outcome: outcome, cursor: .init(at: at, id: counted))
    }
    return (total, cases)
  }

  private func condition(of cell: Cell) -> SQL {
    let group: SQL = cell.dimension == .everything ? "true" : "\(fragment: cell.dimension.sql) = \(cell.group)"
    let period: SQL =
      cell.period == .none ? "true" : "\(fragment: cell.period.sql(timeZone: timeZone)) = \(cell.periodStart)"
    let within: SQL = cell.district.map { "district = \($0)" } ?? "true"
    return """
      \(fragment: cell.formula.counted(cell.part)) AND \(fragment: group) AND \(fragment: period) AND \(fragment: cell.range.sql)
        AND \(fragment: within)
      """
  }

  private static func after(_ cursor: CountedCase.Cursor?) -> SQL {
    guard let cursor else { return "true" }
    return "(counted_at, counted_id) > (\(cursor.at), \(cursor.id))"
  }
}

extension Subject {
  fileprivate var columns: SQL {
    switch self {
    case .cases: "number, external_ref, kind, department, district, street, due_at, ended_at, outcome"
    case .reports:
      "case_number, external_ref, kind, department, district, street, NULL::timestamptz, NULL::timestamptz, state"
    }
  }
}
