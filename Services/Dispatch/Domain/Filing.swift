public import CityModel

/// A case as intake files it.
public struct Filing: Sendable, Hashable {
  public var id: Identifier
  public var number: String
  public var channel: Int32
  public var kind: String
  public var kindName: String
  public var kindNameEnglish: String
  public var text: String
  public var place: Place
  public var unplaced: Bool
  public var standard: FilingStandard
  /// The source's own deadline.
  public var due: Instant?
  /// The source's own assignment, empty when it names none.
  public var ownerDepartment: String
  public var ownerCrew: String
  public var urgent: Bool
  public var duplicateOf: Identifier?
  public var externalRef: String
  public var filedAt: Instant

  public init(
    id: Identifier, number: String, channel: Int32, kind: String, kindName: String, kindNameEnglish: String, text: String, place: Place,
    unplaced: Bool, standard: FilingStandard, due: Instant?, ownerDepartment: String, ownerCrew: String, urgent: Bool,
    duplicateOf: Identifier?, externalRef: String, filedAt: Instant
  ) {
    self.id = id
    self.number = number
    self.channel = channel
    self.kind = kind
    self.kindName = kindName
    self.kindNameEnglish = kindNameEnglish
    self.text = text
    self.place = place
    self.unplaced = unplaced
    self.standard = standard
    self.due = due
    self.ownerDepartment = ownerDepartment
    self.ownerCrew = ownerCrew
    self.urgent = urgent
    self.duplicateOf = duplicateOf
    self.externalRef = externalRef
    self.filedAt = filedAt
  }
}

extension CaseMachine {
  /// The new case before its first fact, and its facts: filed, and dispatched by rule or left to a person.
  public func file(_ filing: Filing, matrix: ResponsibilityMatrix) -> (before: CaseFile, facts: [Fact]) {
    let blank = CaseFile(
      blank: filing, deadline: .atFiling(filing, city),
      dispatchDueAt: filing.filedAt + policy.dispatchLimit)
    var history = Unfolding(blank, recordedAt: recordedAt)
    history.open(filing.filedAt)
    dispatchByRule(&history, owner: filing.ownerDepartment, crew: filing.ownerCrew, matrix, at: filing.filedAt)
    return (blank, history.facts)
  }

  /// A person found out where it is. A case that waited for a person to dispatch it goes by the rules now.
  public func place(
    _ file: CaseFile, _ place: Place, by actor: Actor, at instant: Instant, matrix: ResponsibilityMatrix
  ) throws(Refusal) -> [Fact] {
    var history = Unfolding(file, recordedAt: recordedAt)
    for fact in try decide(file, Command(.place, by: actor, at: instant, place: place)) { history.add(fact) }
    if history.file.state == .pendingDispatch { dispatchByRule(&history, owner: "", crew: "", matrix, at: instant, silent: true) }
    return history.facts
  }

  /// - Parameter silent: No fact when no rule knows who, because that was said before.
  private func dispatchByRule(
    _ history: inout Unfolding, owner: String, crew: String, _ matrix: ResponsibilityMatrix, at instant: Instant, silent: Bool = false
  ) {
    let file = history.file
    let assignment = Assignment.byRule(
      ownerDepartment: owner, ownerCrew: crew, kind: file.kind, kindWords: file.kindWords, place: file.place, matrix: matrix)
    if let assignment, let row = TransitionTable.row(for: .dispatch, in: file.state) {
      let deadline = file.deadline.restarted(at: instant, of: file, city)
      history.append(
        row,
        Command(
          .dispatch, by: .dispatchService, at: instant, reason: assignment.words.chinese, reasonEnglish: assignment.words.english,
          department: assignment.department, crew: assignment.crew, dispatchReason: assignment.reason),
        deadline: deadline == file.deadline ? nil : deadline)
    } else if !silent, let row = TransitionTable.row(for: .markNotDispatchable, in: file.state) {
      let area = file.place.streetCode.isEmpty ? file.place.districtCode : file.place.streetCode
      let words = Words(
        "来源未指定责任部门，责任矩阵中没有小类 \(file.kindWords.chinese)×区域 \(area.isEmpty ? "（未定位）" : area) 的条目。",
        "The source names no owner, and the responsibility matrix has no entry for kind \(file.kindWords.english) in "
          + "\(area.isEmpty ? "an unknown area" : "area \(area)").")
      history.append(
        row, Command(.markNotDispatchable, by: .dispatchService, at: instant, reason: words.chinese, reasonEnglish: words.english))
    }
  }
}

extension Filing {
  /// The kind's name, or its code when it has none.
  var kindWords: Words { .kind(kind, name: kindName, nameEnglish: kindNameEnglish) }
}

extension CaseFile {
  /// Before its first fact: version 0. Loading sets the rest from the row.
  public init(blank filing: Filing, deadline: CaseDeadline, dispatchDueAt: Instant) {
    self.init(
      id: filing.id, number: filing.number, kind: filing.kind, kindName: filing.kindName, kindNameEnglish: filing.kindNameEnglish,
      text: filing.text, place: filing.place, unplaced: filing.unplaced, urgent: filing.urgent, filedAt: filing.filedAt,
      standard: filing.standard, externalRef: filing.externalRef, channel: filing.channel, duplicateOf: filing.duplicateOf, version: 0,
      state: .pendingDispatch, stateSince: filing.filedAt, department: "", crew: "", authority: "", deadline: deadline, overdue: false,
      supervised: false, supervisedByRule: false, dispatchDueAt: dispatchDueAt, reportCount: 1, reopenCount: 0, reworkCount: 0,
      returnCount: 0)
  }

  /// The kind's name, or its code when it has none.
  var kindWords: Words { .kind(kind, name: kindName, nameEnglish: kindNameEnglish) }
}

extension Words {
  fileprivate static func kind(_ code: String, name: String, nameEnglish: String) -> Words {
    Words(name.isEmpty ? code : name, nameEnglish.isEmpty ? (name.isEmpty ? code : name) : nameEnglish)
  }
}
