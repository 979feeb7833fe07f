import CityModel
import CommonAPI
import Events
import IntakeAPI
import LifelineAPI
import LifelineService
import NodeKit
import Postgres
import RPC
import Reactor
import Synchronization
import TestKit

/// Intake as far as lifeline sees it: answers as it is told, and remembers what it was asked.
final class ScriptedIntake: CaseReports {
  private struct State {
    var refusals: [RPCError] = []
    var requests: [SubmitReportRequest] = []
    var answers: [String: SubmitReportResponse] = [:]
    var opensCases = true
  }
  private let state = Mutex(State())

  /// The next calls fail like this, one each.
  func fail(_ errors: RPCError...) { state.withLock { $0.refusals += errors } }
  func openCasesAgain() { state.withLock { $0.opensCases = true } }
  func openNoCases() { state.withLock { $0.opensCases = false } }
  var requests: [SubmitReportRequest] { state.withLock { $0.requests } }

  func submit(_ request: SubmitReportRequest) async throws -> SubmitReportResponse {
    try state.withLock { state in
      state.requests.append(request)
      if !state.refusals.isEmpty { throw state.refusals.removeFirst() }
      if let first = state.answers[request.idempotencyKey] { return first }
      var answer = SubmitReportResponse(reportId: Identifier.v7(at: .epoch).bytes, state: state.opensCases ? .filed : .rejected)
      if state.opensCases {
        answer.caseId = Identifier.v7(at: .epoch).bytes
        answer.caseNumber = "260101-00000\(state.answers.count)-1"
      }
      state.answers[request.idempotencyKey] = answer
      return answer
    }
  }
}

/// A running lifeline with an asset and the sensors asked for.
struct LifelineHarness: Sendable {
  let client: LifelineClient
  let service: RunningService
  let node: TestNode
  let intake: ScriptedIntake

  var database: Database { service.runtime.database }

  func put(_ sensors: [Sensor]) async throws -> [Sensor] {
    _ = try await client.putAssets(PutAssetsRequest(assets: [Asset(code: "A1", name: "River", kind: "drainage", place: Self.place)]))
    return try await client.putSensors(PutSensorsRequest(sensors: sensors)).sensors
  }

  func ingest(_ batches: [ReadingBatch]) async throws -> IngestReadingsResponse {
    try await client.ingestReadings { stream in
      for batch in batches { try await stream.send(batch) }
    }
  }

  func alarms(_ filter: ListAlarmsRequest = ListAlarmsRequest()) async throws -> [Alarm] {
    try await client.listAlarms(filter).alarms
  }

  /// The readings of a sensor as they are stored.
  func series(_ code: String, maxPoints: Int32 = 0) async throws -> [(at: Int64, value: Double)] {
    let points = Mutex<[(at: Int64, value: Double)]>([])
    try await client.getSeries(GetSeriesRequest(sensorCode: code, maxPoints: maxPoints)) { chunk in
      points.withLock { $0 += zip(chunk.timesUs, chunk.values).map { (at: $0, value: $1) } }
    }
    return points.withLock { $0 }
  }

  func count(_ table: String) async throws -> Int64 {
    try await database.query("SELECT count(*) FROM \(identifier: table)")[0][0, Int64.self]
  }

  /// The facts told so far. Straight from the table: readers of the log wait for other tests' older transactions on the same cluster.
  func told() async throws -> [(type: String, at: Instant)] {
    try await database.query("SELECT type, occurred_at FROM events ORDER BY xid, id").decode(String.self, Instant.self)
      .map { (type: $0, at: $1) }
  }

  func eventTypes() async throws -> [String] { try await told().map(\.type) }

  /// Looks again whenever a fact was told, until `condition` holds.
  func waiting<Value>(_ value: () async throws -> Value, until condition: (Value) -> Bool) async throws -> Value {
    for await _ in database.notifications("events") {
      let now = try await value()
      if condition(now) { return now }
    }
    throw CancellationError()
  }

  static let place = Place(point: Point(longitude: 116.3, latitude: 39.9), address: "河边")
}

/// Runs `body` with lifeline in a schema of its own, over mutual TLS.
func withLifeline(
  jobs: Bool = true, settings: LifelineSettings = LifelineSettings(), _ body: @escaping @Sendable (LifelineHarness) async throws -> Void
) async throws {
  let intake = ScriptedIntake()
  try await withService(
    "lifeline", migrations: LifelineService.migrations,
    build: { runtime in
      var parts = LifelineService(runtime, reports: intake, settings: settings).parts
      if !jobs { parts.jobs = [] }
      return parts
    }
  ) { service, channel, node in
    try await body(LifelineHarness(client: LifelineClient(channel), service: service, node: node, intake: intake))
  }
}

let second: Int64 = 1_000_000
/// 2024-05-01T00:00:00Z
let start: Int64 = 1_714_521_600 * second

func sensor(_ code: String, _ rule: Rule? = nil) -> Sensor {
  Sensor(code: code, name: "流量 \(code)", assetCode: "A1", quantity: "flow", unit: "m³/s", rule: rule, intervalS: 60)
}

func rule(_ limits: [(Severity, Double)], hysteresis: Double = 0, silence: Int64 = 0) -> Rule {
  Rule(
    above: true, thresholds: limits.map { Threshold(severity: $0.0, limit: $0.1) }, hysteresis: hysteresis, silenceAfterS: silence)
}

/// One reading a minute from the start on.
func minutes(_ code: String, _ values: [Double], from first: Int = 0) -> ReadingBatch {
  ReadingBatch(sensorCode: code, timesUs: values.indices.map { start + Int64(first + $0) * 60 * second }, values: values)
}
