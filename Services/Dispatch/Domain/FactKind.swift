public import CityModel

/// What can happen to a case. The numbers are those of the contract and of the stored rows.
public enum FactKind: Int16, Sendable, Hashable, CaseIterable {
  case filed = 1
  case dispatched = 2
  case accepted = 3
  case returned = 4
  case handled = 5
  case checkPassed = 6
  /// 返工
  case checkFailed = 7
  case closed = 8
  case reopened = 9
  case cancelled = 10
  case referred = 11
  case overdue = 12
  /// 督办
  case supervised = 13
  /// No rule knows who: a person must dispatch.
  case notDispatchable = 14
  case reportLinked = 15
  case reportUnlinked = 16
  case placed = 17
  /// The calendar changed in mid-case.
  case deadlineChanged = 18

  public var words: Words {
    switch self {
    case .filed: Words("立案", "filed")
    case .dispatched: Words("派遣", "dispatched")
    case .accepted: Words("接收", "accepted")
    case .returned: Words("回退", "returned")
    case .handled: Words("处置完成", "handled")
    case .checkPassed: Words("核查通过", "check passed")
    case .checkFailed: Words("核查不通过，返工", "check failed, rework")
    case .closed: Words("结案", "closed")
    case .reopened: Words("重新办理", "reopened")
    case .cancelled: Words("作废", "cancelled")
    case .referred: Words("转出", "referred")
    case .overdue: Words("超期", "overdue")
    case .supervised: Words("督办", "supervised")
    case .notDispatchable: Words("待人工派遣", "a person must dispatch")
    case .reportLinked: Words("关联上报", "a further report joined")
    case .reportUnlinked: Words("解除关联", "a report left")
    case .placed: Words("补充位置", "placed")
    case .deadlineChanged: Words("期限变更", "deadline changed")
    }
  }
}
