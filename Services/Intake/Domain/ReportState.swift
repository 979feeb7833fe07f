public import CityModel

/// What became of a report.
public enum ReportState: Int16, Sendable, Hashable, CaseIterable {
  /// 立案: it opened a case.
  case filed = 1
  /// It joined an open case.
  case linked = 2
  /// 不予受理, with a reason for the reporter.
  case rejected = 3
  /// 不予立案: no filing standard covers it.
  case notFiled = 4

  public var words: Words {
    switch self {
    case .filed: Words("已立案", "filed")
    case .linked: Words("已并案", "linked to an open case")
    case .rejected: Words("不予受理", "rejected")
    case .notFiled: Words("不予立案", "not filed")
    }
  }

  /// The whole table of transitions: what a person may do to a report, and where it leads.
  public static let transitions: [(from: ReportState, action: ReportAction, to: ReportState)] = [
    (.filed, .reject, .rejected),
    (.linked, .unlink, .filed),
    (.linked, .reject, .rejected),
    (.notFiled, .reject, .rejected),
    (.filed, .place, .filed),
    (.linked, .place, .linked),
    (.notFiled, .place, .notFiled),
  ]

  /// - Throws: `Refusal.notInState` when the table has no such transition.
  public func after(_ action: ReportAction) throws(Refusal) -> ReportState {
    guard let transition = Self.transitions.first(where: { $0.from == self && $0.action == action }) else {
      throw .notInState(self, action)
    }
    return transition.to
  }
}

public enum ReportAction: String, Sendable, Hashable, CaseIterable {
  case place, unlink, reject

  public var words: Words {
    switch self {
    case .place: Words("定位", "placed")
    case .unlink: Words("撤销并案", "unlinked")
    case .reject: Words("不予受理", "rejected")
    }
  }
}
