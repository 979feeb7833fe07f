internal import CityModel
internal import DispatchDomain
internal import Postgres

/// Open cases as maps and counts need them.
enum OpenCaseStore {
  private static let columns = """
    due_order, id, number, state, kind, department, crew, district_code, street_code, longitude, latitude, overdue, urgent, supervised, \
    unplaced
    """

  /// Those of these cases that are open.
  static func open(of ids: [Identifier]) -> SQL {
    "SELECT \(unsafeLiteral: columns) FROM cases WHERE id = ANY(\(ids)) AND state < 7"
  }

  /// All of them, page by page, along `cases_due`.
  static func page(after key: CaseQueries.Key?, limit: Int) -> SQL {
    let behind: SQL = key.map { "AND (due_order, id) > (\($0.order), \($0.id))" } ?? ""
    return """
      SELECT \(unsafeLiteral: columns) FROM cases WHERE state < 7 \(fragment: behind) ORDER BY due_order, id LIMIT \(limit)
      """
  }

  static func read(_ rows: Rows) throws -> (cases: [OpenCase], last: CaseQueries.Key?) {
    var last: CaseQueries.Key?
    let cases = try rows.map { row in
      var reader = RowReader(row)
      let key = CaseQueries.Key(order: try reader.next(), id: try reader.next())
      last = key
      return try read(key.id, &reader)
    }
    return (cases, last)
  }

  private static func read(_ id: Identifier, _ reader: inout RowReader) throws -> OpenCase {
    let number: String = try reader.next()
    let state: CaseState = try reader.next()
    let (kind, department, crew): (String, String, String) = (try reader.next(), try reader.next(), try reader.next())
    let (district, street): (String, String) = (try reader.next(), try reader.next())
    let (longitude, latitude): (Double?, Double?) = (try reader.next(), try reader.next())
    var flags: OpenCase.Flags = []
    for flag in [OpenCase.Flags.overdue, .urgent, .supervised, .unplaced] where try reader.next(Bool.self) { flags.insert(flag) }
    var point: GeoPoint?
    if let longitude, let latitude { point = GeoPoint(longitude: longitude, latitude: latitude) }
    return OpenCase(
      id: id, number: number, state: state, kind: kind, department: department, crew: crew, district: district, street: street,
      point: point, flags: flags)
  }
}
