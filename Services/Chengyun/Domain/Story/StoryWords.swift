/// The states of dispatch's contract by their numbers, with the words of the field.
public enum StateWord: Int32, Sendable, Hashable, CaseIterable {
  case unknown = 0
  case pendingDispatch, dispatched, handling, returned, handled, pendingClose, closed, cancelled, referred

  func word(_ language: StoryLanguage) -> String {
    let zh = language == .zh
    return switch self {
    case .unknown: zh ? "未知" : "unknown"
    case .pendingDispatch: zh ? "待派遣" : "waiting to be dispatched"
    case .dispatched: zh ? "已派遣" : "dispatched"
    case .handling: zh ? "处置中" : "being handled"
    case .returned: zh ? "回退" : "returned"
    case .handled: zh ? "处置完成，待核查" : "handled, waiting for the check"
    case .pendingClose: zh ? "待结案" : "waiting to be closed"
    case .closed: zh ? "已结案" : "closed"
    case .cancelled: zh ? "已作废" : "cancelled"
    case .referred: zh ? "已转出" : "referred to another authority"
    }
  }
}

/// The facts of dispatch's contract by their numbers.
public enum FactWord: Int32, Sendable, Hashable, CaseIterable {
  case unknown = 0
  case filed, dispatched, accepted, returned, handled, checkPassed, checkFailed, closed, reopened, cancelled, referred, overdue
  case supervised, notDispatchable, reportLinked, reportUnlinked, placed, deadlineChanged

  func word(_ language: StoryLanguage) -> String {
    let zh = language == .zh
    return switch self {
    case .unknown: zh ? "未知事项" : "something unknown"
    case .filed: zh ? "立案" : "filed"
    case .dispatched: zh ? "派遣" : "dispatched"
    case .accepted: zh ? "受领" : "accepted"
    case .returned: zh ? "回退" : "returned"
    case .handled: zh ? "处置完成" : "handled"
    case .checkPassed: zh ? "核查通过" : "check passed"
    case .checkFailed: zh ? "核查不通过，返工" : "check failed, rework"
    case .closed: zh ? "结案" : "closed"
    case .reopened: zh ? "重新打开" : "reopened"
    case .cancelled: zh ? "作废" : "cancelled"
    case .referred: zh ? "转出" : "referred"
    case .overdue: zh ? "超期" : "overdue"
    case .supervised: zh ? "督办" : "put under supervision"
    case .notDispatchable: zh ? "无法自动派遣" : "no rule could dispatch it"
    case .reportLinked: zh ? "并入一条上报" : "a further report joined"
    case .reportUnlinked: zh ? "拆出一条上报" : "a report was separated"
    case .placed: zh ? "补充位置" : "placed"
    case .deadlineChanged: zh ? "期限变更" : "deadline changed"
    }
  }
}

/// Channels as people say them.
func channelWord(_ name: String, _ language: StoryLanguage) -> String {
  let words: [String: (String, String)] = [
    "hotline": ("热线电话", "hotline"), "app": ("移动应用", "app"), "web": ("网站", "web"), "collector": ("采集员", "collector"),
    "leader": ("领导交办", "leader's order"), "camera": ("视频智能识别", "camera"), "sensor": ("传感器报警", "sensor alarm"),
    "transfer": ("平台转入", "transfer"), "email": ("电子邮件", "e-mail"), "counter": ("窗口", "counter"), "open311": ("Open311", "Open311"),
  ]
  guard let pair = words[name] else { return name }
  return language == .zh ? pair.0 : pair.1
}
