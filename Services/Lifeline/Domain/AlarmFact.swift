package import CityModel

/// Why there is an alarm. A sensor has at most one open alarm of each cause. The raw value is the one in the contract and in the database.
package enum AlarmCause: Int16, Sendable, Hashable, CaseIterable {
  case threshold = 1
  case silence = 2
}

/// What happened to an alarm.
package enum AlarmChange: Sendable, Hashable {
  case raised
  /// To a worse severity.
  case escalated
  /// To a milder severity; still open.
  case eased
  case closed
}

/// One thing that a sensor's machine found out. Facts of one cause alternate: raised, any number of escalated and eased, closed.
package struct AlarmFact: Sendable, Hashable {
  package var change: AlarmChange
  package var cause: AlarmCause
  package var severity: Severity
  /// When it happened, in the data's time.
  package var at: Instant
  /// When the condition began: the first reading beyond the mildest limit, or the last reading before the silence.
  package var beganAt: Instant
  /// The most extreme value since then; for silence the last value before it. In the sensor's unit.
  package var peakValue: Double

  package init(_ change: AlarmChange, _ cause: AlarmCause, _ severity: Severity, at: Instant, beganAt: Instant, peakValue: Double) {
    self.change = change
    self.cause = cause
    self.severity = severity
    self.at = at
    self.beganAt = beganAt
    self.peakValue = peakValue
  }
}
