package import CityModel

/// 告警: open, perhaps acknowledged by a person, closed when the values return.
package enum AlarmState: Int16, Sendable, Hashable, CaseIterable {
  case open = 1
  case acknowledged = 2
  case closed = 3

  /// Which states each state can reach.
  package var next: [AlarmState] {
    switch self {
    case .open: [.acknowledged, .closed]
    case .acknowledged: [.closed]
    case .closed: []
    }
  }
}

package struct AlarmActor: Sendable, Hashable {
  package var id: String
  package var role: String
  package var name: String

  package init(id: String, role: String, name: String) {
    self.id = id
    self.role = role
    self.name = name
  }
}

/// A person has seen the alarm.
package struct Acknowledgement: Sendable, Hashable {
  package var actor: AlarmActor
  package var note: String
  package var at: Instant

  package init(actor: AlarmActor, note: String, at: Instant) {
    self.actor = actor
    self.note = note
    self.at = at
  }
}

/// The urgent case that intake opened for an alarm.
package struct OpenedCase: Sendable, Hashable {
  package var id: Identifier
  package var number: String

  package init(id: Identifier, number: String) {
    self.id = id
    self.number = number
  }
}

package struct Alarm: Sendable, Hashable {
  package let id: Identifier
  package let sensorID: Int32
  package let sensorCode: String
  package let assetCode: String
  /// Where the sensor stands; empty when it is not known.
  package let districtCode: String
  package let cause: AlarmCause
  /// Now, or when it closed.
  package private(set) var severity: Severity
  package private(set) var peakSeverity: Severity
  package private(set) var peakValue: Double
  package let beganAt: Instant
  package let raisedAt: Instant
  package private(set) var closedAt: Instant?
  package private(set) var acknowledgement: Acknowledgement?
  package private(set) var openedCase: OpenedCase?
  /// What was measured, in words, as it stood when the alarm was raised.
  package let evidence: String

  package init(
    id: Identifier, sensorID: Int32, sensorCode: String, assetCode: String, districtCode: String, cause: AlarmCause, severity: Severity,
    peakSeverity: Severity, peakValue: Double, beganAt: Instant, raisedAt: Instant, closedAt: Instant?, acknowledgement: Acknowledgement?,
    openedCase: OpenedCase?, evidence: String
  ) {
    self.id = id
    self.sensorID = sensorID
    self.sensorCode = sensorCode
    self.assetCode = assetCode
    self.districtCode = districtCode
    self.cause = cause
    self.severity = severity
    self.peakSeverity = peakSeverity
    self.peakValue = peakValue
    self.beganAt = beganAt
    self.raisedAt = raisedAt
    self.closedAt = closedAt
    self.acknowledgement = acknowledgement
    self.openedCase = openedCase
    self.evidence = evidence
  }

  /// A new alarm, from the fact that raised it.
  package init(id: Identifier, raisedBy fact: AlarmFact, sensor: Sensor, evidence: String) {
    assert(fact.change == .raised)
    self.init(
      id: id, sensorID: sensor.id, sensorCode: sensor.code, assetCode: sensor.assetCode, districtCode: sensor.place.districtCode,
      cause: fact.cause, severity: fact.severity, peakSeverity: fact.severity, peakValue: fact.peakValue, beganAt: fact.beganAt,
      raisedAt: fact.at, closedAt: nil, acknowledgement: nil, openedCase: nil, evidence: evidence)
  }

  package var state: AlarmState {
    closedAt != nil ? .closed : acknowledgement != nil ? .acknowledged : .open
  }

  package mutating func apply(_ fact: AlarmFact) {
    assert(fact.cause == cause && fact.change != .raised && state.next.contains(.closed))
    peakValue = fact.peakValue
    severity = fact.severity
    peakSeverity = max(peakSeverity, severity)
    if fact.change == .closed { closedAt = max(fact.at, raisedAt) }
  }

  /// The value went further out without changing the severity.
  package mutating func peaked(at value: Double) {
    peakValue = value
  }

  package mutating func acknowledge(_ acknowledgement: Acknowledgement) throws(LifelineRefusal) {
    if let earlier = self.acknowledgement {
      throw .alreadyAcknowledged(by: earlier.actor.name.isEmpty ? earlier.actor.id : earlier.actor.name)
    }
    guard state.next.contains(.acknowledged) else { throw .alarmClosed }
    self.acknowledgement = acknowledgement
  }

  package mutating func opened(_ openedCase: OpenedCase) {
    self.openedCase = openedCase
  }
}
