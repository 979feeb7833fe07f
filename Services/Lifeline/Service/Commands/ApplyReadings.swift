internal import CityModel
internal import LifelineDomain
internal import NodeKit
internal import Postgres

/// One batch of readings in one transaction: the readings, what the machines remember, the alarms, their facts and the requests for
/// cases are committed together or not at all.
package struct ApplyReadings: Sendable {
  private let database: Database
  private let clock: NodeClock
  private let directory: SensorDirectory
  private let recorder: AlarmRecorder
  private let settings: LifelineSettings

  init(database: Database, clock: NodeClock, directory: SensorDirectory, recorder: AlarmRecorder, settings: LifelineSettings) {
    self.database = database
    self.clock = clock
    self.directory = directory
    self.recorder = recorder
    self.settings = settings
  }

  package func callAsFunction(_ runs: [ReadingRun]) async throws -> IngestTally {
    let ids = try await directory.ids(of: runs.map(\.sensor))
    let wanted = Set(ids.compactMap(\.self)).sorted()
    return try await database.transaction(planning: .once, retrySerialization: 3) { transaction in
      let loaded = try await transaction.pipeline([
        SensorStore.lock(wanted), SensorStore.load(wanted), AlarmStore.lockOpen(sensors: wanted),
      ])
      let time = ClockReading(clock)
      var batch = JudgedBatch(
        sensors: try SensorStore.decode(loaded[1]), openAlarms: try AlarmStore.decode(loaded[2]),
        latest: time.replaying ? .distantFuture : time.now + settings.maxAhead, maxRefusals: settings.maxRefusals)
      for (run, id) in zip(runs, ids) { batch.judge(run, sensor: id) }
      try await write(&batch, at: time, in: transaction)
      return batch.tally
    }
  }

  private func write(_ batch: inout JudgedBatch, at time: ClockReading, in transaction: Transaction) async throws {
    if batch.fresh > 0 {
      let runs = batch.runs
      try await transaction.copyIn(ReadingStore.target) { writer in
        for run in runs { run.copy(to: &writer) }
      }
    }
    if !batch.late.sensors.isEmpty {
      let added = try await transaction.query(ReadingStore.add(batch.late.sensors, batch.late.times, batch.late.values))
      batch.countLate(added: try added.decode(Int32.self, Int64.self))
    }
    var statements =
      batch.touched.isEmpty ? [] : [SensorStore.save(batch.touched, received: .init(at: time.now, replaying: time.replaying))]
    statements += recorder.statements(batch.ledgers(recorder), now: time.now, replaying: time.replaying)
    try await transaction.commit(after: statements)
  }
}
