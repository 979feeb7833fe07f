internal import DispatchDomain
internal import Postgres

/// The index that a listing goes along, in the listing's order: its equalities and its order are the index's, so that a page is a range of
/// it. What the index does not know is looked up in each case on the way.
struct CasePath: Sendable {
  /// For tests.
  let index: String
  /// What of the filter the index answers.
  let serves: Set<CaseFilter.Field>
  /// Which rows the index holds, beside those conditions.
  let holds: SQL?

  /// The column that the index begins with, and the one value of it that is asked for; nil when it begins with the order.
  let first: (column: SQL, value: SQL)?

  private init(_ index: String, _ serves: Set<CaseFilter.Field>, first: (SQL, SQL)? = nil, holds: SQL? = nil) {
    self.index = index
    self.serves = serves
    self.holds = holds
    self.first = first.map { (column: $0.0, value: $0.1) }
  }

  /// The narrowest way: the fewest cases passed in vain, as cities are, where no two conditions depend on each other.
  init(for filter: CaseFilter) {
    switch filter.sort {
    case .newest, .oldest: self = Self.byFiling(filter)
    case .due where filter.departments.count == 1:
      let serves: Set<CaseFilter.Field> = [.departments, .due]
      self.init(
        "cases_due_of_department", serves.union(Self.openStates(filter)), first: ("department", "\(filter.departments[0])"),
        holds: "state < 7")
    case .due: self.init("cases_due", Set([.due]).union(Self.openStates(filter)), holds: "state < 7")
    case .ended: self.init("cases_ended", [.closed], holds: "ended_at IS NOT NULL")
    }
  }

  private static func byFiling(_ filter: CaseFilter) -> CasePath {
    if filter.onlyUnplaced { return CasePath("cases_filed_unplaced", [.filed, .unplaced]) }
    if filter.onlySupervised { return CasePath("cases_filed_supervised", [.filed, .supervised]) }
    if !filter.street.isEmpty { return CasePath("cases_filed_by_street", [.filed, .street], first: ("street_code", "\(filter.street)")) }
    if filter.onlyUrgent { return CasePath("cases_filed_urgent", [.filed, .urgent]) }
    // The oldest cases have mostly ended: among them the open ones are few and far between.
    if filter.onlyOpen, filter.sort == .oldest { return open(filter) }
    if filter.kinds.count == 1 { return CasePath("cases_filed_by_kind", [.filed, .kinds], first: ("kind", "\(filter.kinds[0])")) }
    if filter.states.count == 1, filter.states[0] != .closed { return ofState(filter) }
    if filter.departments.count == 1 {
      return CasePath("cases_filed_by_department", [.filed, .departments], first: ("department", "\(filter.departments[0])"))
    }
    if !filter.district.isEmpty {
      return CasePath("cases_filed_by_district", [.filed, .district], first: ("district_code", "\(filter.district)"))
    }
    if filter.onlyOverdue { return CasePath("cases_filed_overdue", [.filed, .overdue]) }
    return filter.onlyOpen ? open(filter) : CasePath("cases_filed", [.filed])
  }

  private static func open(_ filter: CaseFilter) -> CasePath {
    if filter.states.count == 1 { return ofState(filter) }
    return CasePath("cases_filed_any_open", Set([.filed]).union(openStates(filter)), holds: "state < 7")
  }

  /// An index of all open cases answers the question for all open ones.
  private static func openStates(_ filter: CaseFilter) -> Set<CaseFilter.Field> {
    Set(filter.states) == Set(CaseState.open) ? [.states] : []
  }

  private static func ofState(_ filter: CaseFilter) -> CasePath {
    CasePath("cases_filed_open", [.filed, .states], first: ("state", "\(filter.states[0])"), holds: "state <> 7")
  }
}
