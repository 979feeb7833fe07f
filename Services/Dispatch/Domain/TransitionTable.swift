/// The case's lifecycle as data (DOMAIN §1). The machine obeys it, the database's CHECK restates it, the README and the tests render it.
public enum TransitionTable {
  public static let rows: [Transition] = taskRows + checkRows + endRows + systemRows

  /// The row for a command in a state, nil when the state doesn't know the command.
  public static func row(for command: CommandKind, in state: CaseState) -> Transition? {
    lookup[Int(state.rawValue) * CommandKind.allCases.count + command.index]
  }

  public static func states(for command: CommandKind) -> [CaseState] {
    CaseState.allCases.filter { row(for: command, in: $0) != nil }
  }

  /// Every (fact, from, to) that a history may hold, besides the first one: filed, from nothing, to pending dispatch.
  public static var steps: [(fact: FactKind, from: CaseState, to: CaseState)] {
    rows.flatMap { row in
      row.from.map { from in
        let before = row.first.flatMap { self.row(for: $0, in: from)?.to } ?? from
        return (row.fact, before, row.to ?? from)
      }
    }
  }

  private static let lookup: [Transition?] = {
    var table = [Transition?](repeating: nil, count: (CaseState.allCases.count + 1) * CommandKind.allCases.count)
    for row in rows {
      for state in row.from {
        let slot = Int(state.rawValue) * CommandKind.allCases.count + row.command.index
        precondition(table[slot] == nil, "two rows for \(row.command) in \(state)")
        table[slot] = row
      }
    }
    return table
  }()

  /// Who answers for the command centre (指挥中心).
  private static let centre: Set<Role> = [.dispatcher, .supervisor, .centre, .operator]
  private static let handlers: Set<Role> = [.department, .crew, .operator]
  private static let checkers: Set<Role> = [.checker, .collector, .supervisor, .centre, .operator]

  private static let taskRows: [Transition] = [
    Transition(.dispatch, from: [.pendingDispatch, .returned], to: .dispatched, .dispatched, by: centre.union([.system])),
    Transition(.dispatch, from: [.dispatched, .handling], to: .dispatched, .dispatched, reason: true, by: centre),
    Transition(.accept, from: [.dispatched], to: .handling, .accepted, by: handlers),
    Transition(.returnTask, from: [.dispatched, .handling], to: .returned, .returned, reason: true, by: handlers),
    Transition(.returnTask, from: [.returned], to: .returned, .returned, reason: true, by: centre),
    Transition(.reportHandled, from: [.handling], to: .handled, .handled, by: handlers),
    Transition(.reportHandled, from: [.dispatched], to: .handled, .handled, first: .accept, by: handlers),
  ]

  private static let checkRows: [Transition] = [
    Transition(.passCheck, from: [.handled], to: .pendingClose, .checkPassed, by: checkers),
    Transition(.failCheck, from: [.handled], to: .handling, .checkFailed, reason: true, by: checkers),
    Transition(
      .close, from: [.pendingClose], to: .closed, .closed,
      by: [.acceptor, .dispatcher, .checker, .supervisor, .centre, .operator, .system]),
    Transition(
      .close, from: [.handled], to: .closed, .closed, when: .noCheckRequired,
      by: [.department, .acceptor, .dispatcher, .checker, .supervisor, .centre, .operator, .system]),
  ]

  private static let endRows: [Transition] = [
    Transition(
      .reopen, from: [.closed], to: .pendingDispatch, .reopened, reason: true, when: .reopensLeft,
      by: [.citizen, .acceptor, .checker, .supervisor, .centre, .operator]),
    Transition(
      .cancel, from: CaseState.open, to: .cancelled, .cancelled, reason: true,
      by: [.acceptor, .dispatcher, .supervisor, .centre, .operator, .system]),
    Transition(
      .refer, from: CaseState.open, to: .referred, .referred, reason: true, by: [.acceptor, .dispatcher, .supervisor, .centre, .operator]),
    Transition(.supervise, from: CaseState.open, to: nil, .supervised, reason: true, by: centre.union([.system])),
  ]

  private static let systemRows: [Transition] = [
    Transition(.markOverdue, from: [.pendingDispatch, .dispatched, .handling, .returned], to: nil, .overdue, by: [.system]),
    Transition(.markNotDispatchable, from: [.pendingDispatch], to: nil, .notDispatchable, by: [.system]),
    Transition(
      .changeDeadline, from: [.pendingDispatch, .dispatched, .handling], to: nil, .deadlineChanged, reason: true, by: [.system]),
    Transition(.linkReport, from: CaseState.allCases, to: nil, .reportLinked, by: Set(Role.allCases)),
    Transition(.unlinkReport, from: CaseState.allCases, to: nil, .reportUnlinked, by: Set(Role.allCases)),
    Transition(.place, from: CaseState.allCases, to: nil, .placed, by: Set(Role.allCases)),
  ]
}

/// One row: in these states, this command leads there.
public struct Transition: Sendable, Hashable {
  public let command: CommandKind
  public let from: [CaseState]
  /// Nil: the state stays as it is.
  public let to: CaseState?
  public let fact: FactKind
  public let reasonRequired: Bool
  /// What must hold besides the state.
  public let condition: Condition?
  /// A command that is taken to have happened just before (a task that is reported handled was accepted).
  public let first: CommandKind?
  public let roles: Set<Role>

  public enum Condition: String, Sendable, Hashable {
    /// The filing standard asks for no check (核查).
    case noCheckRequired = "no check required"
    /// The case has not been reopened as often as the city allows.
    case reopensLeft = "reopens left"
  }

  init(
    _ command: CommandKind, from: [CaseState], to: CaseState?, _ fact: FactKind, reason: Bool = false, when condition: Condition? = nil,
    first: CommandKind? = nil, by roles: Set<Role>
  ) {
    self.command = command
    self.from = from
    self.to = to
    self.fact = fact
    self.reasonRequired = reason
    self.condition = condition
    self.first = first
    self.roles = roles
  }
}
