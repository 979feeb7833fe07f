internal import CityModel
internal import DispatchAPI
internal import DispatchDomain
internal import NodeKit
internal import RPC

extension CaseFilter {
  /// Characters of a query: 200.
  static let queryCharacters = 200

  /// - Throws: `RPCError` when a condition is none, or the conditions exclude each other.
  init(_ request: ListCasesRequest) throws {
    states = try request.states.map { wire in
      guard let state = DispatchDomain.CaseState(wire) else { throw CaseRequest.invalid("未知的案卷状态。", "There is no such case state.") }
      return state
    }
    departments = Self.together(request.departments, request.department)
    kinds = Self.together(request.kinds, request.kind)
    guard departments.count <= Self.listLimit, kinds.count <= Self.listLimit else {
      throw CaseRequest.invalid("一次最多查询 100 个部门或小类。", "A listing has at most 100 departments and 100 kinds.")
    }
    // A crew's code means something within its department only, and no index knows it alone.
    guard request.crew.isEmpty || departments.count == 1 else { throw Refusal.departmentMissing }
    let codes = departments + kinds + [request.crew, request.districtCode, request.streetCode]
    guard codes.allSatisfy(PlainText.isCode) else { throw Self.notCodes }
    crew = request.crew
    district = request.districtCode
    street = request.streetCode
    channel = request.channel
    onlyOverdue = request.onlyOverdue
    onlyUnplaced = request.onlyUnplaced
    onlyUrgent = request.onlyUrgent
    onlySupervised = request.onlySupervised
    filedFrom = Instant(given: request.filedFromUs)
    filedBefore = Instant(given: request.filedBeforeUs)
    dueBefore = Instant(given: request.dueBeforeUs)
    closedFrom = Instant(given: request.closedFromUs)
    closedBefore = Instant(given: request.closedBeforeUs)
    terms = try Self.terms(request.q)
    sort = try Self.sort(request.sort == .unspecified && onlyEnded ? .ended : request.sort, states)
    guard !onlyEnded || (sort != .due && states.allSatisfy { !$0.isOpen }) else {
      throw CaseRequest.invalid(
        "按结案时间查询只适用于已结案卷，请去掉未结状态和按期限排序。", "Only ended cases have an end: leave open states and the order by deadline out.")
    }
  }

  private static func together(_ values: [String], _ value: String) -> [String] {
    Set(values + (value.isEmpty ? [] : [value])).sorted()
  }

  private static func terms(_ query: String) throws -> [SearchWords.Term] {
    guard PlainText.fits(query, queryCharacters) else { throw CaseRequest.invalid("查询最多 200 个字符。", "q has at most 200 characters.") }
    let terms = SearchWords.terms(of: query)
    guard !terms.isEmpty || query.utf8.allSatisfy({ $0 == 0x20 }) else {
      throw CaseRequest.invalid("查询中没有可查找的文字。", "q holds no letter, digit or character to look for.")
    }
    return terms
  }

  private static func sort(_ wire: CaseSort, _ states: [DispatchDomain.CaseState]) throws -> Sort {
    guard wire != .unspecified else { return .newest }
    guard let sort = Sort(rawValue: wire.rawValue) else { throw CaseRequest.invalid("未知的排序。", "There is no such order.") }
    guard sort != .due || states.allSatisfy(\.isOpen) else {
      throw CaseRequest.invalid("按期限排序只适用于未结案卷，请去掉已结状态。", "Only open cases are listed by deadline: leave ended states out.")
    }
    guard sort != .ended || states.allSatisfy({ !$0.isOpen }) else {
      throw CaseRequest.invalid("按办结时间排序只适用于已结案卷，请去掉未结状态。", "Only ended cases are listed by their end: leave open states out.")
    }
    return sort
  }

  static var notCodes: RPCError {
    CaseRequest.invalid("编码最多 200 个字符，不含控制字符。", "A code has at most 200 characters, and no control characters.")
  }
}

extension Offer {
  var wire: OfferedAction { OfferedAction(action: command.action, reasonRequired: reasonRequired) }
}

extension CommandKind {
  /// As people are offered it; unspecified for what no person does.
  fileprivate var action: CaseAction {
    switch self {
    case .dispatch: .dispatch
    case .accept: .accept
    case .returnTask: .return
    case .reportHandled: .reportHandled
    case .passCheck: .passCheck
    case .failCheck: .failCheck
    case .close: .close
    case .reopen: .reopen
    case .cancel: .cancel
    case .refer: .refer
    case .supervise: .supervise
    case .markOverdue, .markNotDispatchable, .changeDeadline, .linkReport, .unlinkReport, .place: .unspecified
    }
  }
}
