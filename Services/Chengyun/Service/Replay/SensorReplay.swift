internal import ChengyunDomain
internal import CityModel
internal import CommonAPI
internal import LifelineAPI
internal import NodeKit
internal import RPC
internal import Reactor

/// What a replay of sensors did.
struct SensorSummary: Sendable, Hashable {
  var stored: Int64 = 0
  var repeated: Int64 = 0
  var refused: Int64 = 0
  var alarms = 0
  var silences = 0
  var cases = 0
}

/// Feeds time series to lifeline in their own time.
struct SensorReplay: Sendable {
  /// Most readings in one message of the stream.
  static let batchLimit = 2_000
  /// How long one call waits for the alarms' cases; it is repeated while the replay's patience lasts.
  static let settlingTimeout = Duration.seconds(60)

  let clients: NodeClients
  let input: SensorInput
  let patience: Patience

  private var clocks: NodeClocks { NodeClocks(clocks: clients.clocks, patience: patience) }

  func run(progress: (Int) -> Void) async throws -> SensorSummary {
    var summary = SensorSummary()
    guard let begin = input.plan.windows.first?.first?.at, let end = input.plan.windows.last?.last?.at else { return summary }
    try await clocks.drive(to: begin)
    try await register(from: begin, to: end)
    var done = 0
    for window in input.plan.windows {
      let batches = batches(of: window)
      let answer = try await patience.repeating("store readings") {
        try await clients.lifeline.ingestReadings(CallOptions(timeout: .seconds(60))) { stream in
          for batch in batches { try await stream.send(batch) }
        }
      }
      summary.stored += answer.stored
      summary.repeated += answer.repeatedReadings
      summary.refused += answer.refused
      try await clocks.drive(to: window.last!.at)
      done += window.count
      progress(done)
    }
    try await count(from: begin, to: end, &summary)
    try await Consumers(events: clients.events, patience: patience).waitForAll()
    try await clocks.release()
    return summary
  }

  /// Kinds and standards of the alarms' cases, then assets and sensors.
  private func register(from begin: Instant, to end: Instant) async throws {
    let setUp = ReplaySetUp(clients: clients, patience: patience)
    let kinds = Set(input.file.sensors.filter { $0.rule != nil }.map(\.caseKind)).sorted()
    let named = kinds.map { CitySetUp.Kind(code: $0, nameZh: "生命线报警", nameEn: "Lifeline alarm", staffOnly: true) }
    try await setUp.putKinds(named, from: begin, to: end)
    try await setUp.putStandards(kinds.map(Self.standard), from: begin)
    let assets = input.file.assets.map { Asset(code: $0.code, name: $0.name, kind: $0.kind, place: $0.place.wire) }
    _ = try await patience.repeating("store assets") { try await clients.lifeline.putAssets(PutAssetsRequest(assets: assets)) }
    let sensors = input.file.sensors.map(\.wire)
    _ = try await patience.repeating("store sensors") { try await clients.lifeline.putSensors(PutSensorsRequest(sensors: sensors)) }
  }

  /// 紧急工作时: an alarm's case runs also at night and on holidays.
  private static func standard(for kind: String) -> StandardRule {
    StandardRule(
      kind: kind, limit: 2, unit: .urgentHours, urgent: true, checkRequired: true, condition: "传感器报警 sensor alarm",
      closingCondition: "读数恢复，现场核查通过 readings are back and the place was checked")
  }

  private func batches(of window: ArraySlice<Reading>) -> [ReadingBatch] {
    var batches: [ReadingBatch] = []
    for (sensor, readings) in Dictionary(grouping: window, by: \.sensor).sorted(by: { $0.key < $1.key }) {
      for start in stride(from: 0, to: readings.count, by: Self.batchLimit) {
        let slice = readings[start..<min(start + Self.batchLimit, readings.count)]
        batches.append(
          ReadingBatch(sensorCode: input.file.sensors[sensor].code, timesUs: slice.map(\.at.microseconds), values: slice.map(\.value)))
      }
    }
    return batches
  }

  /// Counts the alarms, once lifeline has found the last silences and intake has answered for every alarm: until then the clocks must stay
  /// in the data's time.
  private func count(from begin: Instant, to end: Instant, _ summary: inout SensorSummary) async throws {
    _ = try await patience.repeating("wait for the alarms' cases") {
      try await clients.lifeline.awaitSettled(AwaitSettledRequest(), CallOptions(timeout: Self.settlingTimeout))
    }
    let alarms = try await alarms(from: begin, to: end)
    summary.alarms = alarms.count
    summary.silences = alarms.count { $0.cause == .silence }
    summary.cases = alarms.count { !$0.caseId.isEmpty }
  }

  private func alarms(from begin: Instant, to end: Instant) async throws -> [Alarm] {
    var alarms: [Alarm] = []
    for sensor in input.file.sensors {
      var token = ""
      repeat {
        let request = ListAlarmsRequest(
          sensorCode: sensor.code, fromUs: begin.microseconds, beforeUs: end.microseconds + 1, page: Page(size: 1_000, token: token))
        let page = try await patience.repeating("list alarms") { try await clients.lifeline.listAlarms(request) }
        alarms += page.alarms
        token = page.nextPageToken
      } while !token.isEmpty
    }
    return alarms
  }
}

extension SensorFile.Sensor {
  fileprivate var wire: LifelineAPI.Sensor {
    var sensor = LifelineAPI.Sensor()
    sensor.code = code
    sensor.name = name
    sensor.assetCode = asset
    sensor.quantity = quantity
    sensor.unit = unit
    sensor.place = place.wire
    sensor.caseKind = caseKind
    sensor.intervalS = intervalSeconds
    sensor.rule = rule.map { rule in
      LifelineAPI.Rule(
        above: rule.above,
        thresholds: rule.thresholds.map { LifelineAPI.Threshold(severity: Severity(rawValue: $0.severity.rawValue), limit: $0.limit) },
        hysteresis: rule.hysteresis, minDurationS: rule.minDurationSeconds, silenceAfterS: rule.silenceAfterSeconds,
        silenceSeverity: Severity(rawValue: rule.silenceSeverity.rawValue))
    }
    return sensor
  }
}
