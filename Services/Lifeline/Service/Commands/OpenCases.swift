internal import CityModel
internal import Events
internal import IntakeAPI
internal import LifelineDomain
internal import Logging
internal import NodeKit
internal import Postgres

/// Asks intake for the cases of alarms that have none yet. A request stays in the outbox until intake has answered; repeating it is
/// harmless because its key is the alarm's id.
package struct OpenCases: Sendable {
  private let database: Database
  private let clock: NodeClock
  private let reports: any CaseReports
  private let recorder: AlarmRecorder
  private let settings: LifelineSettings
  private let logger: Logger

  init(
    database: Database, clock: NodeClock, reports: any CaseReports, recorder: AlarmRecorder, settings: LifelineSettings, logger: Logger
  ) {
    self.database = database
    self.clock = clock
    self.reports = reports
    self.recorder = recorder
    self.settings = settings
    self.logger = logger
  }

  private struct Request: Sendable {
    var claim: CaseRequestStore.Claim
    var alarm: Alarm
    var report: SubmitReportRequest
  }

  /// Until nothing is due.
  package func callAsFunction() async throws {
    while true {
      let requests = try await claim()
      if requests.isEmpty { return }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for request in requests { group.addTask { try await open(request) } }
        try await group.waitForAll()
      }
    }
  }

  private func claim() async throws -> [Request] {
    try await database.transaction { transaction in
      var claims = try CaseRequestStore.decodeClaims(
        try await transaction.query(CaseRequestStore.claim(limit: settings.caseBatch, lease: settings.caseLease)))
      if claims.isEmpty { return [] }
      let alarms = try AlarmStore.decode(try await transaction.query(AlarmStore.find(claims.map(\.alarmID))))
      let byID = Dictionary(uniqueKeysWithValues: alarms.map { ($0.id, $0) })
      let sensors = try await sensors(of: alarms, in: transaction)
      try await attachReadings(&claims, byID, sensors, in: transaction)
      return claims.compactMap { claim in
        guard let alarm = byID[claim.alarmID], let (sensor, place) = sensors[alarm.sensorID] else { return nil }
        return Request(
          claim: claim, alarm: alarm,
          report: SubmitReportRequest(
            alarm, of: sensor, at: place, readings: claim.readings ?? "", occurredAt: claim.occurredAt,
            refusals: claim.refusals))
      }
    }
  }

  private func sensors(of alarms: [Alarm], in transaction: Transaction) async throws -> [Int32: (Sensor, Place)] {
    let ids = Set(alarms.map(\.sensorID)).sorted()
    let codes = Set(alarms.map(\.assetCode)).sorted()
    let found = try await transaction.pipeline([SensorStore.load(ids), AssetStore.find(codes)])
    let assets = Dictionary(uniqueKeysWithValues: try AssetStore.decode(found[1]).map { ($0.code, $0.place) })
    return Dictionary(
      uniqueKeysWithValues: try SensorStore.decode(found[0]).map { stored in
        let place = stored.sensor.place.isUnknown ? assets[stored.sensor.assetCode] ?? Place() : stored.sensor.place
        return (stored.sensor.id, (stored.sensor, place))
      })
  }

  /// At the first attempt, the last readings are written down: the report must be the same at every attempt.
  private func attachReadings(
    _ claims: inout [CaseRequestStore.Claim], _ alarms: [Identifier: Alarm], _ sensors: [Int32: (Sensor, Place)],
    in transaction: Transaction
  ) async throws {
    let fresh = claims.filter { $0.readings == nil }.map(\.alarmID)
    if fresh.isEmpty { return }
    let rows = try await transaction.query(CaseRequestStore.evidence(fresh, limit: settings.evidenceReadings))
    var readings: [Identifier: [(at: Instant, value: Double)]] = [:]
    for (alarm, at, value) in try rows.decode(Identifier.self, Instant.self, Double.self) {
      readings[alarm, default: []].append((at, value))
    }
    var texts: [(alarm: Identifier, text: String)] = []
    for index in claims.indices where claims[index].readings == nil {
      let id = claims[index].alarmID
      guard let alarm = alarms[id], let (sensor, _) = sensors[alarm.sensorID] else { continue }
      let text = recorder.evidence(sensor).readings(readings[id] ?? [])
      claims[index].readings = text
      texts.append((id, text))
    }
    try await transaction.query(CaseRequestStore.setReadings(texts))
  }

  private func open(_ request: Request) async throws {
    do {
      let answer = try await reports.submit(request.report)
      if let id = Identifier(bytes: answer.caseId) {
        try await finish(request, OpenedCase(id: id, number: answer.caseNumber))
      } else {
        logger.error("intake opens no case for an alarm", metadata: ["alarm": "\(request.alarm.id)", "state": "\(answer.state)"])
        try await database.query(CaseRequestStore.shelve(request.claim, because: "intake: \(answer.state): \(answer.message)"))
      }
    } catch let error where !(error is PostgresError) && !Task.isCancelled {
      logger.warning("intake did not take an alarm", metadata: ["alarm": "\(request.alarm.id)", "error": "\(error)"])
      try await database.query(CaseRequestStore.postpone(request.claim, by: pause(after: request.claim.attempts), because: "\(error)"))
    }
  }

  private func finish(_ request: Request, _ opened: OpenedCase) async throws {
    try await database.transaction { transaction in
      let answered = try await transaction.pipeline([CaseRequestStore.finish(request.claim), AlarmStore.lock(request.alarm.id)])
      // Somebody else claimed it after our lease: the same case, told by them.
      guard answered[0].affected == 1, var alarm = try AlarmStore.decode(answered[1]).first else { return }
      alarm.opened(opened)
      let now = clock.now()
      try await transaction.commit(after: [
        AlarmStore.setCase(alarm.id, opened), EventLog.append([AlarmTold(.caseOpened, alarm, at: now).event], recordedAt: now),
      ])
    }
  }

  /// Doubles from attempt to attempt.
  private func pause(after attempts: Int32) -> Duration {
    let (first, longest) = settings.caseBackoff
    return min(longest, first * (1 << min(max(0, Int(attempts) - 1), 20)))
  }
}
