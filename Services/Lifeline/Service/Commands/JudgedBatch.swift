internal import CityModel
internal import LifelineDomain
internal import Postgres

/// The decision about one batch: every run is judged by its sensor's machine in the order of arrival.
struct JudgedBatch {
  /// The new readings of a run: all of it, or some.
  struct FreshRun {
    var sensor: Int32
    var times: [Int64]
    var values: [Double]
    /// Positions of readings that are not new, ascending.
    var skipped: [Int]

    func copy(to writer: inout CopyWriter) {
      var next = 0
      for index in times.indices {
        if next < skipped.count, skipped[next] == index {
          next += 1
          continue
        }
        writer.startRow()
        writer.append(sensor)
        writer.append(Instant(microseconds: times[index]))
        writer.append(values[index])
      }
    }
  }

  private struct Watched {
    var sensor: Sensor
    var machine: SensorMachine
    var open: [Alarm]
    var facts: [AlarmFact] = []
    var isTouched = false
  }

  private(set) var runs: [FreshRun] = []
  private(set) var fresh = 0
  private(set) var late: (sensors: [Int32], times: [Int64], values: [Double]) = ([], [], [])
  private(set) var tally = IngestTally()

  private var watched: [Watched]
  private var places: [Int32: Int]
  private let latest: Instant
  private let maxRefusals: Int

  init(sensors: [SensorStore.Stored], openAlarms: [Alarm], latest: Instant, maxRefusals: Int) {
    let open = Dictionary(grouping: openAlarms, by: \.sensorID)
    watched = sensors.map {
      Watched(sensor: $0.sensor, machine: SensorMachine(rule: $0.sensor.rule, state: $0.state), open: open[$0.sensor.id] ?? [])
    }
    places = Dictionary(uniqueKeysWithValues: sensors.enumerated().map { ($1.sensor.id, $0) })
    self.latest = latest
    self.maxRefusals = maxRefusals
  }

  mutating func judge(_ run: ReadingRun, sensor id: Int32?) {
    guard let id, let place = places[id] else {
      tally.refuse(run.count, "\(LifelineRefusal.unknownSensor("\(run.sensor)"))", most: maxRefusals)
      return
    }
    var outcome = RunOutcome()
    let (times, values) = (run.times.span, run.values.span)
    watched[place].machine.take(times: times, values: values, latest: latest, into: &outcome)
    watched[place].facts += outcome.facts
    watched[place].isTouched = watched[place].isTouched || outcome.fresh > 0
    fresh += outcome.fresh
    tally.stored += outcome.fresh
    if outcome.fresh > 0 {
      let skipped = outcome.isWhollyFresh ? [] : (outcome.late + outcome.refused.map(\.index)).sorted()
      runs.append(FreshRun(sensor: id, times: run.times, values: run.values, skipped: skipped))
    }
    for index in outcome.late {
      late.sensors.append(id)
      late.times.append(run.times[index])
      late.values.append(run.values[index])
    }
    for refused in outcome.refused { refuse(refused, of: run) }
  }

  /// - Parameter added: of each sensor, how many of its late readings were not there yet. One that was is no sign of life: a gateway that
  ///   repeats itself does not keep a dead sensor from being silent.
  mutating func countLate(added: [(sensor: Int32, count: Int64)]) {
    let count = added.reduce(0) { $0 + Int($1.count) }
    tally.stored += count
    tally.late += count
    tally.repeated += late.sensors.count - count
    for (sensor, _) in added { if let place = places[sensor] { watched[place].isTouched = true } }
  }

  /// Sensors from which something new came, as they are now.
  var touched: [SensorStore.Stored] {
    watched.filter(\.isTouched).map { SensorStore.Stored(sensor: $0.sensor, state: $0.machine.state) }
  }

  func ledgers(_ recorder: AlarmRecorder) -> [AlarmLedger] {
    watched.compactMap { one in
      guard one.isTouched, !one.facts.isEmpty || one.machine.state.severity != nil else { return nil }
      return recorder.ledger(one.sensor, open: one.open, facts: one.facts, state: one.machine.state)
    }
  }

  private mutating func refuse(_ refused: RunOutcome.Refused, of run: ReadingRun) {
    let at = Instant(microseconds: run.times[refused.index])
    switch refused.reason {
    case .notANumber:
      tally.refuse(1, "sensor \(run.sensor) at \(at): \(run.values[refused.index]) is not a measurement", most: maxRefusals)
    case .impossibleTime:
      tally.refuse(1, "sensor \(run.sensor): a reading cannot be of \(run.times[refused.index]) µs since 1970", most: maxRefusals)
    }
  }
}
