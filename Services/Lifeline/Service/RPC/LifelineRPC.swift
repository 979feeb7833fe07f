internal import CityModel
internal import CommonAPI
internal import Events
package import LifelineAPI
internal import LifelineDomain
internal import NodeKit
package import RPC
internal import Wire

/// chengyun.lifeline.v1.Lifeline: each method is a conversion, one use case, and a conversion back.
package struct LifelineRPC: LifelineHandler {
  let putAssets: PutAssets
  let putSensors: PutSensors
  let ingest: IngestReadings
  let acknowledge: AcknowledgeAlarm
  let listings: Listings
  let series: ReadSeries
  let chart: DrawChart
  let settling: AwaitSettled
  let settings: LifelineSettings

  /// Who may call what. Gateways are the sensors' side: they bring readings and may look up ids.
  package static let access: [RPC.Method: AccessRule] = {
    let look = AccessRule.person(.ofCases, and: ServiceName.all)
    return [
      LifelineMethods.putAssets: .operatorOnly,
      LifelineMethods.listAssets: look,
      LifelineMethods.putSensors: .operatorOnly,
      LifelineMethods.listSensors: .person(.ofCases, and: ServiceName.all + [gateway]),
      LifelineMethods.getSensor: look,
      LifelineMethods.ingestReadings: .only(ServiceName.operator, gateway),
      LifelineMethods.listAlarms: look,
      LifelineMethods.awaitSettled: .operatorOnly,
      LifelineMethods.acknowledgeAlarm: .person(acknowledgers),
      LifelineMethods.getSeries: look,
      LifelineMethods.getChart: look,
    ]
  }()
  private static let acknowledgers: Set<PersonRole> = [.centre, .supervisor, .dispatcher]
  private static let gateway = "gateway"

  package func putAssets(_ request: PutAssetsRequest, _ call: CallContext) async throws -> PutAssetsResponse {
    try await answering {
      try await putAssets(request.assets.map { wire throws(LifelineRefusal) in try LifelineDomain.Asset(wire) })
      return PutAssetsResponse(stored: Int32(request.assets.count))
    }
  }

  package func listAssets(_ request: ListAssetsRequest, _ call: CallContext) async throws -> ListAssetsResponse {
    try await answering {
      let page = try await listings.assets(PageRequest(size: request.page?.size ?? 0, token: request.page?.token ?? ""))
      return ListAssetsResponse(assets: page.elements.map(\.wire), nextPageToken: page.nextToken)
    }
  }

  package func putSensors(_ request: PutSensorsRequest, _ call: CallContext) async throws -> PutSensorsResponse {
    try await answering {
      let stored = try await putSensors(request.sensors.map { wire throws(LifelineRefusal) in try LifelineDomain.Sensor(wire) })
      return PutSensorsResponse(sensors: stored.map { $0.wire() })
    }
  }

  package func listSensors(_ request: ListSensorsRequest, _ call: CallContext) async throws -> ListSensorsResponse {
    try await answering {
      let page = try PageRequest(size: request.page?.size ?? 0, token: request.page?.token ?? "")
      let found = try await listings.sensors(assetCode: request.assetCode, in: call.ownDistrict, page)
      return ListSensorsResponse(sensors: found.elements.map { $0.sensor.wire(last: $0.last) }, nextPageToken: found.nextToken)
    }
  }

  package func getSensor(_ request: GetSensorRequest, _ call: CallContext) async throws -> LifelineAPI.Sensor {
    try await answering {
      let found = try await listings.sensor(request.sensorCode, in: call.ownDistrict)
      return found.sensor.wire(last: found.last)
    }
  }

  package func ingestReadings(_ requests: InboundMessages<LifelineAPI.ReadingBatch>, _ call: CallContext) async throws
    -> IngestReadingsResponse
  {
    try await answering {
      let tally = try await ingest(ReadingRuns(messages: requests))
      return IngestReadingsResponse(
        stored: Int64(tally.stored), repeatedReadings: Int64(tally.repeated), refused: Int64(tally.refused), refusals: tally.refusals,
        late: Int64(tally.late))
    }
  }

  package func listAlarms(_ request: ListAlarmsRequest, _ call: CallContext) async throws -> ListAlarmsResponse {
    try await answering {
      var filter = AlarmFilter()
      filter.sensorCode = request.sensorCode
      filter.states = try request.states.map { state throws(LifelineRefusal) in
        guard let known = LifelineDomain.AlarmState(rawValue: Int16(clamping: state.rawValue)) else {
          throw .invalid(Words("没有编号为 \(state.rawValue) 的告警状态", "no alarm can be in state \(state.rawValue)"))
        }
        return known
      }
      filter.causes = try request.causes.map { cause throws(LifelineRefusal) in
        guard let known = LifelineDomain.AlarmCause(rawValue: Int16(clamping: cause.rawValue)) else {
          throw .invalid(Words("没有编号为 \(cause.rawValue) 的告警原因", "no alarm can have the cause \(cause.rawValue)"))
        }
        return known
      }
      filter.severities = try request.severities.map { severity throws(LifelineRefusal) in
        guard let known = LifelineDomain.Severity(rawValue: Int16(clamping: severity.rawValue)) else {
          throw .invalid(Words("没有编号为 \(severity.rawValue) 的告警级别", "no alarm can have the severity \(severity.rawValue)"))
        }
        return known
      }
      filter.from = instant(request.fromUs)
      filter.before = instant(request.beforeUs)
      filter.district = call.ownDistrict
      let page = try PageRequest(size: request.page?.size ?? 0, token: request.page?.token ?? "")
      let found = try await listings.alarms(filter, page)
      return ListAlarmsResponse(alarms: found.elements.map(\.wire), nextPageToken: found.nextToken)
    }
  }

  package func awaitSettled(_ request: AwaitSettledRequest, _ call: CallContext) async throws -> AwaitSettledResponse {
    AwaitSettledResponse(withoutCase: try await settling())
  }

  package func acknowledgeAlarm(_ request: AcknowledgeAlarmRequest, _ call: CallContext) async throws -> LifelineAPI.Alarm {
    try await answering {
      guard let id = Identifier(bytes: request.alarmId) else { throw LifelineRefusal.unknownAlarm }
      try LifelineRights.check(call.ownDistrict, maySee: try await listings.district(ofAlarm: id))
      var request = request
      request.actor = call.actor(claimed: request.actor, in: Self.acknowledgers)
      let actor = AlarmActor(id: request.actor?.id ?? "", role: request.actor?.role ?? "", name: request.actor?.name ?? "")
      let command = Command(key: request.idempotencyKey, method: call.method.path, request: request.encoded())
      let answer = try await acknowledge(id, actor: actor, note: request.note, command: command) { $0.wire.encoded() }
      return try LifelineAPI.Alarm(decoding: answer)
    }
  }

  package func getSeries(_ request: GetSeriesRequest, _ responses: OutboundMessages<SeriesChunk>, _ call: CallContext) async throws {
    try await answering {
      try await checkDistrict(of: request.sensorCode, call)
      try await series(
        sensorCode: request.sensorCode, from: instant(request.fromUs), before: instant(request.beforeUs), maxPoints: Int(request.maxPoints)
      ) { points in
        try await responses.send(SeriesChunk(timesUs: points.map(\.at), values: points.map(\.value)))
      }
    }
  }

  package func getChart(_ request: GetChartRequest, _ call: CallContext) async throws -> GetChartResponse {
    try await answering {
      try await checkDistrict(of: request.sensorCode, call)
      let chart = try await chart(
        sensorCode: request.sensorCode, from: instant(request.fromUs), before: instant(request.beforeUs), maxPoints: Int(request.maxPoints))
      return GetChartResponse(
        sensor: chart.sensor.wire(last: chart.last), timesUs: chart.points.map(\.at), values: chart.points.map(\.value),
        gaps: chart.gaps.map { SeriesGap(fromUs: $0.from, beforeUs: $0.before) }, alarms: chart.alarms.map(\.wire),
        readings: chart.readings)
    }
  }

  /// - Throws: `LifelineRefusal.otherDistrict`. A sensor that there is not is told by what follows.
  private func checkDistrict(of sensorCode: String, _ call: CallContext) async throws {
    guard !call.ownDistrict.isEmpty else { return }
    _ = try await listings.sensor(sensorCode, in: call.ownDistrict)
  }

  private func instant(_ microseconds: Int64) -> Instant? {
    microseconds == 0 ? nil : Instant(microseconds: microseconds)
  }
}

/// A stream's messages as runs of readings. A message that cannot be one is the sender's mistake and ends the stream.
struct ReadingRuns: AsyncSequence, Sendable {
  typealias Element = ReadingRun
  let messages: InboundMessages<LifelineAPI.ReadingBatch>

  func makeAsyncIterator() -> Iterator { Iterator(messages: messages) }

  struct Iterator: AsyncIteratorProtocol {
    let messages: InboundMessages<LifelineAPI.ReadingBatch>

    mutating func next() async throws -> ReadingRun? {
      guard let message = try await messages.next() else { return nil }
      let sensor: ReadingRun.SensorName = message.sensorCode.isEmpty ? .id(message.sensorId) : .code(message.sensorCode)
      return try ReadingRun(sensor: sensor, times: message.timesUs, values: message.values)
    }
  }
}

extension CallContext {
  /// The district that the person is confined to; empty: the whole city, as for services and the operator.
  fileprivate var ownDistrict: String { person?.district ?? "" }
}
