package import CityModel

/// What a sensor's machine must remember between two runs: small enough to be stored with every batch.
package struct SensorState: Sendable, Hashable {
  /// The newest reading. Older ones can no longer change an alarm.
  package var lastAt: Instant?
  package var lastValue: Double
  /// For each severity, the mildest first: since when every reading has been at or beyond its limit. Microseconds, `notHeld` when not.
  package var heldSince: SIMD4<Int64>
  /// When the present excursion beyond the mildest limit began; kept while a threshold alarm is open.
  package var beganAt: Instant
  /// The most extreme value of that excursion.
  package var extreme: Double
  /// Severity of the open threshold alarm.
  package var severity: Severity?
  /// When the open silence alarm was raised.
  package var silentSince: Instant?

  package static let notHeld = Int64.max

  /// A sensor that has not reported yet. It is not silent: nobody knows that it has been switched on.
  package init() {
    lastValue = 0
    heldSince = SIMD4(repeating: Self.notHeld)
    beganAt = .epoch
    extreme = 0
  }

  /// After the rule was changed, conditions have to hold anew; open alarms stay open until the next reading is judged by the new rule.
  package mutating func ruleChanged() {
    heldSince = SIMD4(repeating: Self.notHeld)
  }

  /// The last instant at which this sensor is not silent yet; nil when it cannot fall silent (again).
  package func silenceDeadline(_ rule: SensorRule) -> Instant? {
    guard let lastAt, silentSince == nil, rule.silenceAfter > .zero else { return nil }
    return lastAt + rule.silenceAfter
  }
}
