package import CityModel
internal import LifelineDomain
internal import NodeKit
internal import Postgres

/// Looks at sensors whose silence is due by the node's clock.
package struct SweepSilence: Sendable {
  private let database: Database
  private let clock: NodeClock
  private let recorder: AlarmRecorder
  private let settings: LifelineSettings

  init(database: Database, clock: NodeClock, recorder: AlarmRecorder, settings: LifelineSettings) {
    self.database = database
    self.clock = clock
    self.recorder = recorder
    self.settings = settings
  }

  /// - Returns: when the next sensor may fall silent; nil when none can.
  package func callAsFunction() async throws -> Instant? {
    if !clock.isDriven { try await database.query(SensorStore.forgetReplayed) }
    while try await sweep() == settings.silenceBatch {}
    return try await database.query(SensorStore.nextSilenceDue(replaying: clock.isDriven))[0][0, Instant?.self]
  }

  private func sweep() async throws -> Int {
    let time = ClockReading(clock)
    return try await database.transaction(retrySerialization: 3) { transaction in
      let ids = try await transaction.query(SensorStore.lockDue(now: time.now, replaying: time.replaying, limit: settings.silenceBatch))
        .column(Int32.self)
      if ids.isEmpty { return 0 }
      let loaded = try await transaction.pipeline([SensorStore.load(ids), AlarmStore.lockOpen(sensors: ids)])
      let open = Dictionary(grouping: try AlarmStore.decode(loaded[1]), by: \.sensorID)
      var ledgers: [AlarmLedger] = []
      let swept = try SensorStore.decode(loaded[0]).map { stored in
        var machine = SensorMachine(rule: stored.sensor.rule, state: stored.state)
        var facts: [AlarmFact] = []
        machine.tick(now: time.now, into: &facts)
        ledgers.append(recorder.ledger(stored.sensor, open: open[stored.sensor.id] ?? [], facts: facts, state: machine.state))
        return SensorStore.Stored(sensor: stored.sensor, state: machine.state)
      }
      let statements = recorder.statements(ledgers, now: time.now, replaying: time.replaying)
      try await transaction.commit(after: [SensorStore.save(swept, received: nil)] + statements)
      return ids.count
    }
  }
}
