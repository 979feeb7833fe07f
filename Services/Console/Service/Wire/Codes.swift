internal import DispatchAPI
internal import EvaluationAPI
internal import FeedbackAPI
internal import IntakeAPI
internal import LifelineAPI

/// The contract's enums as the API spells them.
enum Codes {
  static let states: [(DispatchAPI.CaseState, String)] = [
    (.pendingDispatch, "pending_dispatch"), (.dispatched, "dispatched"), (.handling, "handling"), (.returned, "returned"),
    (.handled, "handled"), (.pendingClose, "pending_close"), (.closed, "closed"), (.cancelled, "cancelled"), (.referred, "referred"),
  ]
  static let facts: [(FactKind, String)] = [
    (.filed, "filed"), (.dispatched, "dispatched"), (.accepted, "accepted"), (.returned, "returned"), (.handled, "handled"),
    (.checkPassed, "check_passed"), (.checkFailed, "check_failed"), (.closed, "closed"), (.reopened, "reopened"),
    (.cancelled, "cancelled"), (.referred, "referred"), (.overdue, "overdue"), (.supervised, "supervised"),
    (.notDispatchable, "not_dispatchable"), (.reportLinked, "report_linked"), (.reportUnlinked, "report_unlinked"), (.placed, "placed"),
    (.deadlineChanged, "deadline_changed"),
  ]
  static let actions: [(CaseAction, String)] = [
    (.dispatch, "dispatch"), (.accept, "accept"), (.return, "return"), (.reportHandled, "handled"), (.passCheck, "pass_check"),
    (.failCheck, "fail_check"), (.close, "close"), (.reopen, "reopen"), (.cancel, "cancel"), (.refer, "refer"),
    (.supervise, "supervise"),
  ]
  static let rules: [(DispatchRule, String)] = [
    (.source, "source"), (.matrix, "matrix"), (.person, "person"), (.reopened, "reopened"),
  ]
  static let channels: [(IntakeAPI.Channel, String)] = [
    (.hotline, "hotline"), (.app, "app"), (.web, "web"), (.collector, "collector"), (.leader, "leader"), (.camera, "camera"),
    (.sensor, "sensor"), (.transfer, "transfer"), (.email, "email"), (.counter, "counter"), (.open311, "open311"),
  ]
  static let reportStates: [(ReportState, String)] = [
    (.filed, "filed"), (.linked, "linked"), (.rejected, "rejected"), (.notFiled, "not_filed"),
  ]
  static let severities: [(Severity, String)] = [(.red, "red"), (.orange, "orange"), (.yellow, "yellow"), (.blue, "blue")]
  static let alarmStates: [(AlarmState, String)] = [(.open, "open"), (.acknowledged, "acknowledged"), (.closed, "closed")]
  static let alarmCauses: [(AlarmCause, String)] = [(.threshold, "threshold"), (.silence, "silence")]
  static let tiers: [(Tier, String)] = [(.district, "district"), (.street, "street"), (.community, "community")]
  static let milestones: [(MilestoneKind, String)] = [
    (.received, "received"), (.joined, "joined"), (.rejected, "rejected"), (.dispatched, "dispatched"), (.handled, "handled"),
    (.closed, "closed"), (.reopened, "reopened"), (.cancelled, "cancelled"), (.referred, "referred"), (.separated, "separated"),
  ]
  static let dimensions: [(Dimension, String)] = [
    (.unspecified, "all"), (.department, "department"), (.district, "district"), (.street, "street"), (.community, "community"),
    (.kind, "kind"), (.channel, "channel"), (.crew, "crew"),
  ]
  static let periods: [(Period, String)] = [(.unspecified, "all"), (.day, "day"), (.week, "week"), (.month, "month")]
  static let sorts: [(CaseSort, String)] = [(.newest, "newest"), (.oldest, "oldest"), (.due, "due"), (.ended, "ended")]

  /// "unknown" for a number of a newer contract.
  static func name<Value: Equatable>(_ value: Value, _ table: [(Value, String)]) -> String {
    table.first { $0.0 == value }?.1 ?? "unknown"
  }

  static func value<Value>(_ name: String, _ table: [(Value, String)]) -> Value? { table.first { $0.1 == name }?.0 }

  static func names<Value>(_ table: [(Value, String)]) -> [String] { table.map(\.1) }
}
