/// Limits of the service, each with its default.
package struct LifelineSettings: Sendable {
  /// Readings of a stream that are collected while a transaction is under way; the next one takes them all. Default 50,000.
  package var readingsPerTransaction = 50_000
  /// How far ahead of the node's clock a reading's time may be: clocks of sensors differ. Not looked at while a replay drives the clock.
  /// Default 1 h.
  package var maxAhead = Duration.seconds(3_600)
  /// Sentences about refused readings in an answer. Default 100.
  package var maxRefusals = 100
  /// Sensors that one transaction of the silence job looks at. Default 500.
  package var silenceBatch = 500
  /// The silence job looks again after this long at the latest, by real time. Default 1 s.
  package var silencePoll = Duration.seconds(1)
  /// Cases asked of intake at the same time. Default 16.
  package var caseBatch = 16
  /// How long a claimed case request is left alone; longer than the call's time limit. Default 60 s.
  package var caseLease = Duration.seconds(60)
  /// Time limit of one call to intake. Default 20 s.
  package var caseTimeout = Duration.seconds(20)
  /// First and longest pause between attempts to open a case. Default 1 s and 5 min.
  package var caseBackoff = (first: Duration.seconds(1), longest: Duration.seconds(300))
  /// The outbox is looked at this often without being told. Default 1 s.
  package var casePoll = Duration.seconds(1)
  /// Readings that are attached to a case as evidence. Default 12.
  package var evidenceReadings = 12
  /// Readings fetched at once for a series. Default 20,000.
  package var seriesPage = 20_000
  /// Points in one message of a series. Default 5,000.
  package var seriesChunk = 5_000

  package init() {}
}

/// Channels of notification and idempotency keys.
enum LifelineKeys {
  /// An alarm waits for its case.
  static let caseRequests = "lifeline_case_requests"

  static func caseKey(_ alarm: some CustomStringConvertible, refusals: Int32) -> String {
    refusals == 0 ? "alarm:\(alarm)" : "alarm:\(alarm):\(refusals)"
  }
}

/// The facts that lifeline tells, as types of events.
enum LifelineEventType {
  static let raised = "lifeline.alarm_raised"
  static let escalated = "lifeline.alarm_escalated"
  static let eased = "lifeline.alarm_eased"
  static let acknowledged = "lifeline.alarm_acknowledged"
  static let closed = "lifeline.alarm_closed"
  static let caseOpened = "lifeline.alarm_case_opened"
}
