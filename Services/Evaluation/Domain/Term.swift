/// What a formula counts.
public enum Subject: String, Sendable, Hashable, CaseIterable {
  case cases, reports
}

/// A word of the formulas' language: something that is true or false of one case or of one report.
public enum Term: String, Sendable, Hashable, CaseIterable {
  // Of a case.
  case filed
  case closed, cancelled, referred, open
  case dispatched, handled
  case onTime = "on_time"
  case handledOnTime = "handled_on_time"
  case dispatchedInLimit = "dispatched_in_limit"
  case checkRequired = "check_required"
  case checked
  case checkedInLimit = "checked_in_limit"
  case overdue, supervised, urgent
  case returned, reworked, reopened
  case duplicate, placed
  case withDeadline = "with_deadline"
  case asked, answered, satisfied
  // Of a report.
  case received, opened, linked, rejected
  case notFiled = "not_filed"
  case filedInLimit = "filed_in_limit"
  case locatable

  public var subject: Subject {
    switch self {
    case .received, .opened, .linked, .rejected, .notFiled, .filedInLimit, .locatable: .reports
    default: .cases
    }
  }

  /// Whether it compares a stretch of time with the formula's limit.
  public var needsLimit: Bool {
    switch self {
    case .dispatchedInLimit, .checkedInLimit, .filedInLimit: true
    default: false
    }
  }
}

/// A duration that is measured on a case, in hours.
public enum Measure: String, Sendable, Hashable, CaseIterable {
  /// From filing to the end. Source data that says it ended before it was filed counts as 0.
  case hoursToClose = "hours_to_close"
  /// From filing to being handled.
  case hoursToHandle = "hours_to_handle"
  /// From filing to the first dispatch.
  case hoursToDispatch = "hours_to_dispatch"
}
