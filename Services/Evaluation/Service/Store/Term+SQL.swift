internal import CityModel
internal import EvaluationDomain
internal import Postgres

/// The formulas' language on the columns of the views `case_figures` and `report_figures`. Every text here is a constant: nothing that
/// a user wrote reaches the statement.
extension Predicate {
  /// - Parameter limit: what the formula allows.
  func sql(limit: Duration?) -> SQL {
    switch self {
    case .term(let term): term.sql(limit: limit)
    case .not(let inner): "NOT (\(fragment: inner.sql(limit: limit)))"
    case .and(let left, let right): "(\(fragment: left.sql(limit: limit)) AND \(fragment: right.sql(limit: limit)))"
    case .or(let left, let right): "(\(fragment: left.sql(limit: limit)) OR \(fragment: right.sql(limit: limit)))"
    }
  }
}

extension Term {
  fileprivate func sql(limit: Duration?) -> SQL {
    guard needsLimit else { return "\(unsafeLiteral: column)" }
    // A formula without a limit has no such term.
    return "((\(unsafeLiteral: column) <= \((limit ?? .zero).wholeMicroseconds) * interval '1 microsecond') IS TRUE)"
  }

  /// For a term that needs a limit, the stretch of time that is compared with it. For the others a condition, never NULL: a time that is
  /// unknown makes its term false.
  fileprivate var column: String {
    switch self {
    case .filed, .received: "true"
    case .closed: "(outcome = 'closed')"
    case .cancelled: "(outcome = 'cancelled')"
    case .referred: "(outcome = 'referred')"
    case .open: "(outcome = 'open')"
    case .dispatched: "(dispatched_at IS NOT NULL)"
    case .handled: "(handled_at IS NOT NULL)"
    case .onTime: "((ended_at <= due_at) IS TRUE)"
    case .handledOnTime: "((handled_at <= due_at) IS TRUE)"
    case .dispatchedInLimit: "(dispatched_at - filed_at)"
    case .checkRequired: "check_required"
    case .checked: "(checks > 0)"
    case .checkedInLimit: "slowest_check"
    case .filedInLimit: "(filed_at - reported_at)"
    case .overdue: "overdue"
    case .supervised: "supervised"
    case .urgent: "urgent"
    case .returned: "(returns > 0)"
    case .reworked: "(reworks > 0)"
    case .reopened: "(reopens > 0)"
    case .duplicate: "duplicate"
    case .placed, .locatable: "(NOT unplaced)"
    case .withDeadline: "(due_at IS NOT NULL)"
    case .asked: "(asked > 0)"
    case .answered: "(answered > 0)"
    case .satisfied: "((worst >= 3) IS TRUE)"
    case .opened: "(state = 'opened')"
    case .linked: "(state = 'linked')"
    case .rejected: "(state = 'rejected')"
    case .notFiled: "(state = 'not_filed')"
    }
  }
}

extension Measure {
  /// In hours; NULL when it is not known. Contradictory times count as 0.
  var sql: SQL {
    switch self {
    case .hoursToClose: "greatest(0, extract(epoch FROM ended_at - filed_at)::float8 / 3600)"
    case .hoursToHandle: "greatest(0, extract(epoch FROM handled_at - filed_at)::float8 / 3600)"
    case .hoursToDispatch: "greatest(0, extract(epoch FROM dispatched_at - filed_at)::float8 / 3600)"
    }
  }
}

extension Dimension {
  var sql: SQL {
    switch self {
    case .everything: "''::text"
    case .district: "district"
    case .street: "street"
    case .community: "community"
    case .department: "department"
    case .crew: "crew"
    case .kind: "kind"
    case .channel: "channel"
    }
  }
}

extension Period {
  /// The first day of the period as yyyymmdd in the city's time.
  func sql(timeZone: String) -> SQL {
    let unit =
      switch self {
      case .none: "none"
      case .day: "day"
      case .week: "week"
      case .month: "month"
      }
    return self == .none
      ? "0" : "to_char(date_trunc('\(unsafeLiteral: unit)', counted_at AT TIME ZONE \(timeZone)), 'YYYYMMDD')::int"
  }
}

extension Subject {
  var view: SQL {
    switch self {
    case .cases: "case_figures"
    case .reports: "report_figures"
    }
  }
}
