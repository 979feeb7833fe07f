public import CityModel

/// Where a case (案卷) stands. The numbers are those of the contract and of the stored rows.
public enum CaseState: Int16, Sendable, Hashable, CaseIterable {
  /// 待派遣: filed, nobody has it.
  case pendingDispatch = 1
  /// 已派遣: a department has it and has not accepted it yet.
  case dispatched = 2
  /// 处置中
  case handling = 3
  /// 回退: "not ours". It may only be dispatched again or returned further.
  case returned = 4
  /// 处置完成, waiting for the check.
  case handled = 5
  /// 待结案: checked.
  case pendingClose = 6
  /// 结案
  case closed = 7
  /// 作废
  case cancelled = 8
  /// 转出: another authority's.
  case referred = 9

  /// Nothing but reopening leads out of the others, and only out of `closed`.
  public var isOpen: Bool { rawValue < CaseState.closed.rawValue }
  /// A department's task: what "my open tasks" lists.
  public var isTask: Bool { self == .dispatched || self == .handling }

  public static let open: [CaseState] = allCases.filter(\.isOpen)

  /// The name in diagrams, tables and logs, stable.
  public var code: String {
    switch self {
    case .pendingDispatch: "pending_dispatch"
    case .dispatched: "dispatched"
    case .handling: "handling"
    case .returned: "returned"
    case .handled: "handled"
    case .pendingClose: "pending_close"
    case .closed: "closed"
    case .cancelled: "cancelled"
    case .referred: "referred"
    }
  }

  public var words: Words {
    switch self {
    case .pendingDispatch: Words("待派遣", "waiting for dispatch")
    case .dispatched: Words("已派遣", "dispatched")
    case .handling: Words("处置中", "being handled")
    case .returned: Words("已回退", "returned")
    case .handled: Words("处置完成", "handled")
    case .pendingClose: Words("待结案", "waiting to be closed")
    case .closed: Words("已结案", "closed")
    case .cancelled: Words("已作废", "cancelled")
    case .referred: Words("已转出", "referred to another authority")
    }
  }
}
