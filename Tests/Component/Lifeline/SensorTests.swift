import CityModel
import CommonAPI
import LifelineAPI
import LifelineService
import NodeKit
import Postgres
import RPC
import TestKit
import Testing

@Suite struct SensorTests {
  @Test(.timeLimit(.minutes(5))) func whatIsRegisteredIsListed() async throws {
    try await withLifeline { lifeline in
      var first = sensor("S1", rule([(.blue, 1), (.red, 2.5)], hysteresis: 0.25, silence: 90))
      first.place = Place(point: Point(longitude: 1, latitude: 2), address: "here", districtCode: "D1")
      first.caseKind = "flood"
      let stored = try await lifeline.put([sensor("S2"), first])
      #expect(stored.map(\.code) == ["S2", "S1"])
      let listed = try await lifeline.client.listSensors(ListSensorsRequest(assetCode: "A1")).sensors
      #expect(listed == [stored[1], stored[0]])
      #expect(listed[0].rule?.thresholds == first.rule?.thresholds && listed[0].place == first.place && listed[0].caseKind == "flood")
      #expect(listed[1].caseKind == "lifeline-alarm")
      let again = try await lifeline.client.putSensors(PutSensorsRequest(sensors: [first])).sensors
      #expect(again.map(\.id) == [stored[1].id], "a sensor keeps its id")
      let assets = try await lifeline.client.listAssets(ListAssetsRequest()).assets
      #expect(assets.map(\.code) == ["A1"] && assets[0].place == LifelineHarness.place)
    }
  }

  @Test(.timeLimit(.minutes(5))) func nonsenseIsRefusedWithItsReason() async throws {
    try await withLifeline { lifeline in
      _ = try await lifeline.put([])
      var stranger = sensor("S1")
      stranger.assetCode = "A9"
      var eternal = sensor("S1", rule([]))
      eternal.rule?.silenceAfterS = .max
      let cases: [(Sensor, StatusCode, english: String, chinese: String)] = [
        (stranger, .failedPrecondition, "A9", "没有登记的设施：A9。"),
        (sensor("S1", rule([(.red, 1), (.blue, 2)])), .invalidArgument, "mildest", "告警规则有误：传感器 S1，限值须由轻到重排列，每级至多一个。"),
        (sensor("S1", rule([(.blue, 2), (.red, 1)])), .invalidArgument, "further out", "红色限值须比蓝色限值更靠外。"),
        (sensor("S1", rule([(.unspecified, 2)])), .invalidArgument, "severity", "有限值没有级别。"),
        (sensor("S1", rule([(.red, 2)], hysteresis: -1)), .invalidArgument, "hysteresis", "回差"),
        (sensor("S1", rule([], silence: -5)), .invalidArgument, "silence", "无数据时限须在 0 至 366 天之间。"),
        (eternal, .invalidArgument, "366 days", "366 天"),
        (sensor(""), .invalidArgument, "code", "缺少传感器编码。"),
      ]
      for (sensor, code, english, chinese) in cases {
        await #expect { try await lifeline.client.putSensors(PutSensorsRequest(sensors: [sensor])) } throws: { error in
          guard let error = error as? RPCError else { return false }
          return error.code == code && error.message.contains(english) && error.message.contains(chinese)
        }
      }
      #expect(try await lifeline.count("sensors") == 0)
    }
  }

  @Test(.timeLimit(.minutes(5))) func aChangedRuleJudgesTheNextReading() async throws {
    try await withLifeline(jobs: false) { lifeline in
      _ = try await lifeline.put([sensor("S1", rule([(.red, 10)], silence: 600))])
      _ = try await lifeline.ingest([minutes("S1", [11])])
      _ = try await lifeline.put([sensor("S1", rule([(.blue, 10)]))])
      #expect(try await lifeline.alarms().map(\.severity) == [.red], "a rule alone changes no alarm")
      _ = try await lifeline.ingest([minutes("S1", [11, 1], from: 100)])
      #expect(
        try await lifeline.eventTypes() == ["lifeline.alarm_raised", "lifeline.alarm_eased", "lifeline.alarm_closed"],
        "silence is no longer watched")
      #expect(try await lifeline.alarms().map(\.peakSeverity) == [.red])
    }
  }

  @Test(.timeLimit(.minutes(5))) func aSeriesIsThinnedToItsExtremes() async throws {
    try await withLifeline { lifeline in
      _ = try await lifeline.put([sensor("S1"), sensor("S2")])
      let values = (0..<9_000).map { Double(($0 * 7919) % 10_007) }
      _ = try await lifeline.ingest([minutes("S1", values)])
      let thin = try await lifeline.series("S1", maxPoints: 100)
      #expect(thin.count <= 100 && thin.count > 50)
      #expect(thin.map(\.value).max() == values.max() && thin.map(\.value).min() == values.min())
      #expect(try await lifeline.series("S1").map(\.value) == values)
      #expect(try await lifeline.series("S2").isEmpty)
      await #expect { try await lifeline.series("nobody") } throws: { ($0 as? RPCError)?.code == .notFound }
    }
  }
}

@Suite struct AlarmTests {
  @Test(.timeLimit(.minutes(5))) func alarmsAreListedPageByPage() async throws {
    try await withLifeline(jobs: false) { lifeline in
      _ = try await lifeline.put([sensor("S1", rule([(.red, 10)])), sensor("S2", rule([(.red, 10)]))])
      let values = (0..<50).map { $0 % 2 == 0 ? 20.0 : 0 }
      _ = try await lifeline.ingest([minutes("S1", values), minutes("S2", values)])
      var found: [Alarm] = []
      var token = ""
      repeat {
        let page = try await lifeline.client.listAlarms(ListAlarmsRequest(page: Page(size: 7, token: token)))
        #expect(page.alarms.count <= 7)
        found += page.alarms
        token = page.nextPageToken
      } while !token.isEmpty
      #expect(found.count == 50 && Set(found.map(\.id)).count == 50)
      #expect(zip(found, found.dropFirst()).allSatisfy { $0.raisedAtUs >= $1.raisedAtUs })
      let some = try await lifeline.alarms(
        ListAlarmsRequest(
          sensorCode: "S2", states: [.closed], causes: [.threshold], fromUs: start + 60 * second, beforeUs: start + 600 * second))
      #expect(some.map { ($0.raisedAtUs - start) / 60 / second } == [8, 6, 4, 2])
      #expect(try await lifeline.alarms(ListAlarmsRequest(states: [.open])).isEmpty)
    }
  }

  @Test(.timeLimit(.minutes(5))) func anAlarmIsAcknowledgedOnce() async throws {
    try await withLifeline(jobs: false) { lifeline in
      _ = try await lifeline.put([sensor("S1", rule([(.red, 10)]))])
      _ = try await lifeline.ingest([minutes("S1", [11])])
      let alarm = try #require(try await lifeline.alarms().first)
      var request = AcknowledgeAlarmRequest(
        idempotencyKey: "k1", alarmId: alarm.id, note: "crew is on its way", actor: Actor(id: "d1", role: "dispatcher", name: "王"))
      let answer = try await lifeline.client.acknowledgeAlarm(request)
      #expect(answer.state == .acknowledged && answer.note == request.note && answer.acknowledgedBy == request.actor)
      #expect(try await lifeline.client.acknowledgeAlarm(request) == answer, "a repetition gets the first answer")
      request.note = "something else"
      await #expect { try await lifeline.client.acknowledgeAlarm(request) } throws: { ($0 as? RPCError)?.code == .alreadyExists }
      request.idempotencyKey = "k2"
      await #expect { try await lifeline.client.acknowledgeAlarm(request) } throws: { ($0 as? RPCError)?.code == .failedPrecondition }
      _ = try await lifeline.ingest([minutes("S1", [1], from: 1)])
      #expect(try await lifeline.alarms().map(\.state) == [.closed])
      #expect(try await lifeline.alarms().map(\.note) == ["crew is on its way"], "closing keeps who acknowledged it")
      #expect(
        try await lifeline.eventTypes() == ["lifeline.alarm_raised", "lifeline.alarm_acknowledged", "lifeline.alarm_closed"])
    }
  }

  @Test(.timeLimit(.minutes(5))) func aSensorIsFoundByItsCode() async throws {
    try await withLifeline(jobs: false) { lifeline in
      _ = try await lifeline.put([sensor("S1", rule([(.red, 10)])), sensor("S2")])
      _ = try await lifeline.ingest([minutes("S1", [3, 4])])
      let found = try await lifeline.client.getSensor(GetSensorRequest(sensorCode: "S1"))
      #expect(found.code == "S1" && found.rule?.above == true && found.lastValue == 4 && found.lastReadingUs == start + 60 * second)
      for code in ["S3", ""] {
        let error = await #expect(throws: RPCError.self) { try await lifeline.client.getSensor(GetSensorRequest(sensorCode: code)) }
        #expect(error?.code == .notFound && error?.metadata.first(named: "refusal-code") == "lifeline.unknown_sensor")
      }
    }
  }

  /// A person who is confined to a district: its sensors and alarms, and those of which no district is known.
  @Test(.timeLimit(.minutes(5))) func aDistrictSeesItsOwn() async throws {
    try await withLifeline(jobs: false) { lifeline in
      let sensors = ["D1", "D2", ""].enumerated().map { number, district in
        var one = sensor("S\(number + 1)", rule([(.red, 10)]))
        one.place = Place(districtCode: district)
        return one
      }
      _ = try await lifeline.put(sensors)
      _ = try await lifeline.ingest((1...3).map { minutes("S\($0)", [11]) })
      #expect(try await Set(lifeline.alarms().map(\.districtCode)) == ["D1", "D2", ""])
      let channel = try lifeline.node.channel(to: lifeline.service, as: "console")
      let console = LifelineClient(channel)
      var options = CallOptions()
      options.metadata = try lifeline.node.metadata(for: .supervisor, district: "D1")
      let alarms = try await console.listAlarms(ListAlarmsRequest(), options).alarms
      #expect(Set(alarms.map(\.sensorCode)) == ["S1", "S3"])
      #expect(try await console.listSensors(ListSensorsRequest(), options).sensors.map(\.code) == ["S1", "S3"])
      #expect(try await console.listSensors(ListSensorsRequest(assetCode: "A1"), options).sensors.map(\.code) == ["S1", "S3"])
      #expect(try await console.getSensor(GetSensorRequest(sensorCode: "S1"), options).code == "S1")
      let other = try #require(try await lifeline.alarms(ListAlarmsRequest(sensorCode: "S2")).first)
      let denials: [@Sendable (CallOptions) async throws -> Void] = [
        { _ = try await console.getSensor(GetSensorRequest(sensorCode: "S2"), $0) },
        { _ = try await console.getChart(GetChartRequest(sensorCode: "S2"), $0) },
        { try await console.getSeries(GetSeriesRequest(sensorCode: "S2"), $0) { _ in } },
        { _ = try await console.acknowledgeAlarm(AcknowledgeAlarmRequest(idempotencyKey: "k", alarmId: other.id), $0) },
      ]
      for denial in denials {
        let error = await #expect(throws: RPCError.self) { try await denial(options) }
        #expect(error?.metadata.first(named: "refusal-code") == "lifeline.other_district")
      }
      options.metadata = try lifeline.node.metadata(for: .supervisor)
      #expect(try await console.listSensors(ListSensorsRequest(), options).sensors.count == 3)
      await channel.close()
    }
  }
}
