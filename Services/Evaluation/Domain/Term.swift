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

  /// What it says, for the README and for whoever writes a formula.
  public var meaning: String {
    switch self {
    case .filed: "a case was filed (立案); true of every case"
    case .closed: "the case is closed (结案)"
    case .cancelled: "cancelled (作废): leaves the denominators"
    case .referred: "referred to an authority outside (转出): leaves the denominators"
    case .open: "neither closed nor cancelled nor referred"
    case .dispatched: "it was dispatched at least once (派遣)"
    case .handled: "it is reported handled, and that stands (处置)"
    case .onTime: "it ended no later than its deadline; never true without a deadline"
    case .handledOnTime: "it was handled no later than its deadline; never true without a deadline"
    case .dispatchedInLimit: "its first dispatch came no later than the formula's limit after filing"
    case .checkRequired: "its filing standard asks for a check before closing (核查)"
    case .checked: "it was checked at least once, whatever came of it (核查)"
    case .checkedInLimit: "each check came no later than the formula's limit after the handling that it checked"
    case .overdue: "its deadline passed before it was handled or ended"
    case .supervised: "it was put under supervision (督办)"
    case .urgent: "urgent"
    case .returned: "a department sent it back at least once (回退)"
    case .reworked: "a check failed at least once (返工)"
    case .reopened: "it was reopened at least once"
    case .duplicate: "it repeats an open case but was handled apart"
    case .placed: "it lies in a known division"
    case .withDeadline: "something set a deadline"
    case .asked: "a reporter was asked how it went (回访)"
    case .answered: "a reporter answered"
    case .satisfied: "every answer is 3 or better of 5"
    case .received: "a report was received (上报); true of every report"
    case .opened: "the report opened a case"
    case .linked: "it joined an open case"
    case .rejected: "it was rejected (不予受理)"
    case .notFiled: "no filing standard covers it, or a person said no (不予立案)"
    case .filedInLimit: "it was filed as a case no later than the formula's limit after it was made"
    case .locatable: "it lies in a known division"
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
