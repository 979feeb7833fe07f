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

  private init(_ index: String, _ serves: Set<CaseFilter.Field>, holds: SQL? = nil) {
    self.index = index
    self.serves = serves
    self.holds = holds
  }

  /// The narrowest way: the fewest cases passed in vain, as cities are, where no two conditions depend on each other.
  init(for filter: CaseFilter) {
    switch filter.sort {
    case .newest, .oldest: self = Self.byFiling(filter)
    case .due:
      self =
        filter.departments.count == 1
        ? CasePath("cases_due_of_department", [.departments, .due], holds: "state < 7") : CasePath("cases_due", [.due], holds: "state < 7")
    case .ended: self = CasePath("cases_ended", [], holds: "ended_at IS NOT NULL")
    }
  }

  private static func byFiling(_ filter: CaseFilter) -> CasePath {
    if filter.onlyUnplaced { return CasePath("cases_filed_unplaced", [.filed, .unplaced]) }
    if filter.onlySupervised { return CasePath("cases_filed_supervised", [.filed, .supervised]) }
    if !filter.street.isEmpty { return CasePath("cases_filed_by_street", [.filed, .street]) }
    if filter.onlyUrgent { return CasePath("cases_filed_urgent", [.filed, .urgent]) }
    // The oldest cases have mostly ended: among them the open ones are few and far between.
    if filter.onlyOpen, filter.sort == .oldest { return open(filter) }
    if filter.kinds.count == 1 { return CasePath("cases_filed_by_kind", [.filed, .kinds]) }
    if filter.states.count == 1, filter.states[0] != .closed {
      return CasePath("cases_filed_open", [.filed, .states], holds: "state <> 7")
    }
    if filter.departments.count == 1 { return CasePath("cases_filed_by_department", [.filed, .departments]) }
    if !filter.district.isEmpty { return CasePath("cases_filed_by_district", [.filed, .district]) }
    if filter.onlyOverdue { return CasePath("cases_filed_overdue", [.filed, .overdue]) }
    return filter.onlyOpen ? open(filter) : CasePath("cases_filed", [.filed])
  }

  private static func open(_ filter: CaseFilter) -> CasePath {
    filter.states.count == 1
      ? CasePath("cases_filed_open", [.filed, .states], holds: "state <> 7")
      : CasePath("cases_filed_any_open", [.filed], holds: "state < 7")
  }
}
