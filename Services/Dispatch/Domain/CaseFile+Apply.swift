internal import CityModel

extension CaseFile {
  /// The case after the fact. Pure: everything that had to be looked up or computed is in the fact.
  public mutating func apply(_ fact: Fact) {
    precondition(fact.version == version + 1, "fact \(fact.version) on version \(version)")
    version = fact.version
    department = fact.department
    crew = fact.crew
    if fact.to != fact.from {
      state = fact.to
      stateSince = max(stateSince, fact.occurredAt)
    }
    applyKind(fact)
    if let deadline = fact.deadline {
      self.deadline = deadline
      // Time was granted: the case is no longer late by the new deadline.
      if let due = deadline.due, due > fact.occurredAt { overdue = false }
    }
  }

  private mutating func applyKind(_ fact: Fact) {
    let at = fact.occurredAt
    switch fact.kind {
    case .filed, .notDispatchable: break
    case .deadlineChanged: if let due = fact.deadline?.due { liftUnlessLate(at, due: due) }
    case .dispatched:
      if dispatchedAt == nil { dispatchedAt = at }
      runClock(at: at)
    case .accepted: break
    case .returned:
      returnCount += 1
      if clockStoppedAt == nil { clockStoppedAt = at }
    case .handled:
      handledAt = at
      clockStoppedAt = at
      liftUnlessLate(at)
    case .checkPassed: break
    case .checkFailed:
      reworkCount += 1
      handledAt = nil
      runClock(at: at)
    case .closed: endedAt = at
    case .reopened:
      reopenCount += 1
      handledAt = nil
      endedAt = nil
      runClock(at: at)
    case .cancelled:
      endedAt = at
      liftUnlessLate(at)
    case .referred:
      endedAt = at
      authority = fact.authority
      liftUnlessLate(at)
    case .overdue: overdue = true
    case .supervised:
      supervisedByRule = fact.actor.role == .system && (!supervised || supervisedByRule)
      supervised = true
    case .reportLinked: reportCount += 1
    case .reportUnlinked: reportCount = max(0, reportCount - 1)
    case .placed:
      if let place = fact.place { self.place = place }
      unplaced = false
    }
  }

  /// Told late, but done in time: the sweep had known no better. The facts stay in the history.
  private mutating func liftUnlessLate(_ instant: Instant, due: Instant? = nil) {
    guard overdue, let due = due ?? deadline.due, instant <= max(due, clockResumedAt ?? due) else { return }
    overdue = false
    if supervisedByRule { (supervised, supervisedByRule) = (false, false) }
  }

  private mutating func runClock(at instant: Instant) {
    guard clockStoppedAt != nil else { return }
    clockStoppedAt = nil
    clockResumedAt = instant
  }
}
