internal import CityModel
internal import Events
internal import LifelineDomain
internal import Postgres

/// Turns what the machines found into alarms, facts and requests for cases: statements for the transaction of those who ran the machines.
package struct AlarmRecorder: Sendable {
  private let timeZone: CityTimeZone
  private let makeID: @Sendable () -> Identifier

  init(timeZone: CityTimeZone, makeID: @escaping @Sendable () -> Identifier) {
    self.timeZone = timeZone
    self.makeID = makeID
  }

  func ledger(_ sensor: Sensor, open: [Alarm], facts: [AlarmFact], state: SensorState) -> AlarmLedger {
    var ledger = AlarmLedger(sensor: sensor, open: open)
    let evidence = evidence(sensor)
    ledger.record(facts, evidence: evidence.text, makeID: makeID)
    ledger.settle(state)
    return ledger
  }

  func evidence(_ sensor: Sensor) -> AlarmEvidence {
    AlarmEvidence(sensor: sensor, timeZone: timeZone)
  }

  /// - Parameter replaying: the node's clock is driven, so that cases carry the time at which the alarm was raised.
  func statements(_ ledgers: [AlarmLedger], now: Instant, replaying: Bool) -> [SQL] {
    let raised = ledgers.flatMap(\.raised)
    let changed = ledgers.flatMap(\.changed.values)
    let events = ledgers.flatMap(\.entries).map { $0.event }
    var statements: [SQL] = []
    // Closing comes before raising: a sensor has at most one open alarm of each cause at any moment.
    if !changed.isEmpty { statements.append(AlarmStore.update(changed)) }
    if !raised.isEmpty {
      statements.append(AlarmStore.insert(raised))
      statements.append(CaseRequestStore.insert(raised, replaying: replaying))
    }
    if !events.isEmpty { statements.append(EventLog.append(events, recordedAt: now)) }
    return statements
  }
}
