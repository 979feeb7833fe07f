public import CityModel

/// What the city decides about the lifecycle.
public struct CasePolicy: Sendable, Hashable {
  /// 回访: how often a closed case may be reopened. Default 3.
  public var maxReopens: Int32
  /// 派遣时限: from filing to the first dispatch, nights and holidays included (DOMAIN §1). Default 15 min.
  public var dispatchLimit: Duration

  public init(maxReopens: Int32 = 3, dispatchLimit: Duration = .seconds(15 * 60)) {
    self.maxReopens = maxReopens
    self.dispatchLimit = dispatchLimit
  }
}

/// Decides in values: a case and a command in, facts or a refusal out. It obeys `TransitionTable`, knows the calendar, and reads no clock.
public struct CaseMachine: Sendable {
  public let city: CityCalendar
  public let policy: CasePolicy
  /// When the facts are written down.
  public let recordedAt: Instant

  public init(city: CityCalendar, policy: CasePolicy = CasePolicy(), recordedAt: Instant) {
    self.city = city
    self.policy = policy
    self.recordedAt = recordedAt
  }

  /// The facts that the command makes true, in order. A deadline that passed before the command is caught up with first, so that
  /// the facts never depend on when the sweep ran.
  /// - Parameter expectedVersion: Refused unless the case stands at it; 0 means any.
  public func decide(_ file: CaseFile, _ command: Command, expectedVersion: Int32 = 0) throws(Refusal) -> [Fact] {
    guard expectedVersion == 0 || expectedVersion == file.version else {
      throw .versionMismatch(expected: expectedVersion, actual: file.version)
    }
    var history = Unfolding(file, recordedAt: recordedAt)
    catchUp(&history, to: command.at)
    try carryOut(command, &history)
    return history.facts
  }

  private func carryOut(_ command: Command, _ history: inout Unfolding) throws(Refusal) {
    var command = command
    if let row = TransitionTable.row(for: command.kind, in: history.file.state) { command.actor = command.actor.acting(in: row) }
    let row = try permitted(command, history.file)
    if let first = row.first, let before = TransitionTable.row(for: first, in: history.file.state) {
      let words = Words("未经接收直接反馈，视为已接收。", "Reported handled without being accepted first: accepted by it.")
      history.append(before, Command(first, by: command.actor, at: command.at, reason: words.chinese, reasonEnglish: words.english))
    }
    let deadline = deadline(after: command, history.file)
    history.append(row, command, deadline: deadline)
    switch command.kind {
    case .reopen: sendBack(command, &history)
    case .unlinkReport where history.file.reportCount == 0: cancelUnsupported(command, &history)
    default: break
    }
  }

  /// The table's row, when state, role, reason and condition allow it.
  private func permitted(_ command: Command, _ file: CaseFile) throws(Refusal) -> Transition {
    guard let row = TransitionTable.row(for: command.kind, in: file.state) else { throw .notInState(command.kind, file.state) }
    try Rights.check(command.actor, may: row, on: file)
    guard !row.reasonRequired || !command.reason.isEmpty else { throw .reasonRequired(command.kind) }
    switch row.condition {
    case .noCheckRequired where file.standard.checkRequired: throw .checkRequired
    case .reopensLeft where file.reopenCount >= policy.maxReopens: throw .reopenLimitReached(Int(policy.maxReopens))
    case .noCheckRequired, .reopensLeft, nil: break
    }
    switch command.kind {
    case .dispatch:
      guard !command.department.isEmpty else { throw .departmentMissing }
      if file.state.isTask, command.department == file.department, command.crew == file.crew {
        throw .sameAssignment(department: file.department, crew: file.crew)
      }
    case .refer: guard !command.authority.isEmpty else { throw .authorityMissing }
    default: break
    }
    return row
  }

  /// The deadline that the command sets (DOMAIN §1): another department starts anew, the same one resumes its remaining time; so does
  /// rework; reopening starts anew. Nil when it stays, as one supplied by the source always does.
  private func deadline(after command: Command, _ file: CaseFile) -> CaseDeadline? {
    let new: CaseDeadline
    switch command.kind {
    case .dispatch where command.department != file.department, .reopen:
      new = file.deadline.restarted(at: command.at, of: file, city)
    case .dispatch, .failCheck:
      guard let stop = file.clockStoppedAt else { return nil }
      new = file.deadline.resumed(after: stop, at: command.at, of: file, city)
    default: return nil
    }
    return new == file.deadline ? nil : new
  }

  /// A reopened case goes straight back to the department that handled it.
  private func sendBack(_ command: Command, _ history: inout Unfolding) {
    let file = history.file
    guard !file.department.isEmpty, let row = TransitionTable.row(for: .dispatch, in: file.state) else { return }
    let words = Words("重新办理，退回原处置部门。", "Reopened: back to the department that handled it.")
    history.append(
      row,
      Command(
        .dispatch, by: .dispatchService, at: command.at, reason: words.chinese, reasonEnglish: words.english, department: file.department,
        crew: file.crew, dispatchReason: DispatchReason(.reopened)))
  }

  /// A report leaves the case because it was turned down (不予受理).
  /// - Parameter wasLast: intake, who keeps the reports, says that none is left, whatever was counted here.
  public func reject(_ file: CaseFile, _ command: Command, wasLast: Bool) throws(Refusal) -> [Fact] {
    var history = Unfolding(file, recordedAt: recordedAt)
    for fact in try decide(file, command) { history.add(fact) }
    if wasLast { cancelUnsupported(command, &history) }
    return history.facts
  }

  /// A case that no report supports any more is void, unless it has ended; with the reason why the last one left.
  private func cancelUnsupported(_ command: Command, _ history: inout Unfolding) {
    guard let row = TransitionTable.row(for: .cancel, in: history.file.state) else { return }
    let why = command.reason.isEmpty ? Words("。", ".") : Words("：\(command.reason)", ": \(command.reason)")
    let words = Words("已无上报支持该案卷\(why.chinese)", "No report supports the case any more\(why.english)")
    history.append(
      row, Command(.cancel, by: .dispatchService, at: command.at, reason: words.chinese, reasonEnglish: words.english))
  }
}
