internal import CityModel
internal import DispatchDomain
internal import Postgres

/// What a listing of cases asks for; all conditions given must hold.
struct CaseFilter: Sendable {
  var states: [CaseState] = []
  var department = ""
  var crew = ""
  var district = ""
  var street = ""
  var kind = ""
  var onlyOverdue = false
  var onlyUnplaced = false
  var filedFrom: Instant?
  var filedBefore: Instant?
}

/// Listings by key: each page begins behind the last row of the one before, however far down that is.
enum CaseQueries {
  /// Where a page ended: the sorting key (a time in microseconds) and the case.
  struct Key: Sendable, Hashable {
    let order: Int64
    let id: Identifier
  }

  /// The newest first.
  static func list(_ filter: CaseFilter, after key: Key?, limit: Int) -> SQL {
    var conditions: [SQL] = []
    if !filter.states.isEmpty { conditions.append("state = ANY(\(filter.states))") }
    if !filter.department.isEmpty { conditions.append("department = \(filter.department)") }
    if !filter.crew.isEmpty { conditions.append("crew = \(filter.crew)") }
    if !filter.district.isEmpty { conditions.append("district_code = \(filter.district)") }
    if !filter.street.isEmpty { conditions.append("street_code = \(filter.street)") }
    if !filter.kind.isEmpty { conditions.append("kind = \(filter.kind)") }
    if filter.onlyOverdue { conditions.append("overdue") }
    if filter.onlyUnplaced { conditions.append("unplaced") }
    if let from = filter.filedFrom { conditions.append("filed_at >= \(from)") }
    if let before = filter.filedBefore { conditions.append("filed_at < \(before)") }
    if let key { conditions.append("(filed_at, id) < (\(Instant(microseconds: key.order)), \(key.id))") }
    let condition = conditions.reduce("true" as SQL) { "\(fragment: $0) AND \(fragment: $1)" }
    return """
      SELECT \(unsafeLiteral: CaseStore.columns) FROM cases WHERE \(fragment: condition)
      ORDER BY filed_at DESC, id DESC LIMIT \(limit)
      """
  }

  /// My open tasks: the nearest deadline first, those without one last.
  static func tasks(department: String, crew: String, after key: Key?, limit: Int) -> SQL {
    let mine: SQL = crew.isEmpty ? "department = \(department)" : "department = \(department) AND crew = \(crew)"
    let behind: SQL = key.map { "AND (due_order, id) > (\($0.order), \($0.id))" } ?? ""
    return """
      SELECT \(unsafeLiteral: CaseStore.columns) FROM cases WHERE \(fragment: mine) AND state IN (2, 3) \(fragment: behind)
      ORDER BY due_order, id LIMIT \(limit)
      """
  }
}
