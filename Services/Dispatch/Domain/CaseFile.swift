public import CityModel

/// A case (案卷) as it stands: what was filed, and what the facts since then made of it.
public struct CaseFile: Sendable, Hashable {
  public var id: Identifier
  public var number: String
  public var kind: String
  public var kindName: String
  public var kindNameEnglish: String
  public var text: String
  public var place: Place
  public var unplaced: Bool
  public var urgent: Bool
  public var filedAt: Instant
  public var standard: FilingStandard
  public var externalRef: String
  /// The intake channel by its number.
  public var channel: Int32
  /// The open case that this one repeats, filed apart all the same.
  public var duplicateOf: Identifier?

  /// The number of facts so far.
  public var version: Int32
  public var state: CaseState
  /// When the case came into its state; for `outOfOrder`, the latest such instant.
  public var stateSince: Instant
  /// Who has it, or had it last.
  public var department: String
  public var crew: String
  public var authority: String
  public var deadline: CaseDeadline
  /// When the department's clock stopped (returned, handled); nil while it runs.
  public var clockStoppedAt: Instant?
  /// When it last ran on after a stop: nothing is overdue before that.
  public var clockResumedAt: Instant?
  public var overdue: Bool
  public var supervised: Bool
  /// Only because it was overdue: supervision that ends when it turns out that it was not.
  public var supervisedByRule: Bool
  /// 派遣时限: by when somebody should have it for the first time. Set at the filing, never moved.
  public var dispatchDueAt: Instant
  /// The first dispatch.
  public var dispatchedAt: Instant?
  public var handledAt: Instant?
  public var endedAt: Instant?
  public var reportCount: Int32
  public var reopenCount: Int32
  public var reworkCount: Int32
  public var returnCount: Int32

  /// The instant at which the case becomes overdue if nothing happens before; nil when it is already, or no clock runs.
  /// Being handled stops the clock; so does a return, but not for a deadline that the source supplied.
  public var overdueMoment: Instant? {
    guard !overdue, let due = deadline.due else { return nil }
    switch state {
    case .pendingDispatch, .dispatched, .handling: break
    case .returned where deadline.origin == .source: break
    case .returned, .handled, .pendingClose, .closed, .cancelled, .referred: return nil
    }
    return clockResumedAt.map { max(due, $0) } ?? due
  }
}
