/// Something that a person may do with a case as it stands.
public struct Offer: Sendable, Hashable {
  public let command: CommandKind
  public let reasonRequired: Bool
}

extension CommandKind {
  /// What people ask for; the rest is done by rule, or to reports.
  public static let byPeople: [CommandKind] = [
    .dispatch, .accept, .returnTask, .reportHandled, .passCheck, .failCheck, .close, .reopen, .cancel, .refer, .supervise,
  ]
}

extension CaseFile {
  /// Exactly the commands that one of these actors (the roles of one person) would not be refused for state, role, department or
  /// condition. What remains to be given is the reason, a department to dispatch to, an authority to refer to.
  public func offers(to actors: [Actor], _ policy: CasePolicy) -> [Offer] {
    CommandKind.byPeople.compactMap { command in
      guard let row = TransitionTable.row(for: command, in: state), meets(row.condition, policy) else { return nil }
      let isAllowed = actors.contains { actor in
        do throws(Refusal) {
          try Rights.check(actor, may: row, on: self)
          return true
        } catch {
          return false
        }
      }
      return isAllowed ? Offer(command: command, reasonRequired: row.reasonRequired) : nil
    }
  }

  private func meets(_ condition: Transition.Condition?, _ policy: CasePolicy) -> Bool {
    switch condition {
    case .noCheckRequired: !standard.checkRequired
    case .reopensLeft: reopenCount < policy.maxReopens
    case nil: true
    }
  }
}
