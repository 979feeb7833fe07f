import CityModel
import CommonAPI
import LifelineAPI
import LifelineDomain
import LifelineService
import NodeKit
import Postgres
import RPC
import TestKit
import Testing

@Suite struct IngestTests {
  @Test(.timeLimit(.minutes(5))) func readingsAreStoredAsTheyCame() async throws {
    try await withLifeline { lifeline in
      let stored = try await lifeline.put([sensor("S1"), sensor("S2")])
      let batch = minutes("S1", [1, 2.5, -3])
      var byID = minutes("", [7])
      byID.sensorId = stored[1].id
      let answer = try await lifeline.ingest([batch, byID])
      #expect(answer == IngestReadingsResponse(stored: 4))
      let series = try await lifeline.series("S1")
      #expect(series.map(\.at) == batch.timesUs && series.map(\.value) == batch.values)
      let listed = try await lifeline.client.listSensors(ListSensorsRequest(assetCode: "A1")).sensors
      #expect(listed.map(\.lastValue) == [-3, 7])
      #expect(listed[0].lastReadingUs == batch.timesUs.last)
    }
  }

  @Test(.timeLimit(.minutes(5))) func aRepeatedStreamChangesNothing() async throws {
    try await withLifeline(jobs: false) { lifeline in
      _ = try await lifeline.put([sensor("S1", rule([(.red, 10)]))])
      let batches = [minutes("S1", [1, 20, 3]), minutes("S1", [4, 30], from: 3)]
      #expect(try await lifeline.ingest(batches) == IngestReadingsResponse(stored: 5))
      let alarms = try await lifeline.alarms()
      let events = try await lifeline.eventTypes()
      #expect(events == ["lifeline.alarm_raised", "lifeline.alarm_closed", "lifeline.alarm_raised"])
      #expect(try await lifeline.ingest(batches) == IngestReadingsResponse(repeatedReadings: 5))
      #expect(try await lifeline.alarms() == alarms)
      #expect(try await lifeline.eventTypes() == events)
      #expect(try await lifeline.count("case_requests") == 2)
    }
  }

  @Test(.timeLimit(.minutes(5))) func lateReadingsAreStoredButJudgeNothing() async throws {
    try await withLifeline { lifeline in
      _ = try await lifeline.put([sensor("S1", rule([(.red, 10)]))])
      _ = try await lifeline.ingest([minutes("S1", [1, 1], from: 5)])
      // Two are new in the past, one is there already with another value, one is new.
      let late = ReadingBatch(
        sensorCode: "S1", timesUs: [0, 1, 5, 7].map { start + $0 * 60 * second }, values: [99, 99, 99, 2])
      #expect(try await lifeline.ingest([late]) == IngestReadingsResponse(stored: 3, repeatedReadings: 1, late: 2))
      #expect(try await lifeline.series("S1").map(\.value) == [99, 99, 1, 1, 2])
      #expect(try await lifeline.alarms().isEmpty)
    }
  }

  @Test(.timeLimit(.minutes(5))) func refusalsDoNotStopTheOthers() async throws {
    try await withLifeline { lifeline in
      _ = try await lifeline.put([sensor("S1")])
      var future = minutes("S1", [1])
      future.timesUs = [lifeline.service.runtime.clock.now().microseconds + 7_200 * second]
      var unknown = minutes("", [1])
      unknown.sensorId = 4_711
      let answer = try await lifeline.ingest([minutes("S1", [.nan, 2, .infinity]), minutes("nobody", [1, 2]), unknown, future])
      #expect(answer.stored == 1 && answer.refused == 6 && answer.refusals.count == 5)
      #expect(answer.refusals.contains("no sensor is registered as nobody"))
      #expect(try await lifeline.series("S1").map(\.value) == [2])
    }
  }

  @Test(.timeLimit(.minutes(5))) func aMessageThatIsNoBatchEndsTheStream() async throws {
    try await withLifeline { lifeline in
      _ = try await lifeline.put([sensor("S1")])
      let crooked = ReadingBatch(sensorCode: "S1", timesUs: [start], values: [1, 2])
      await #expect { try await lifeline.ingest([minutes("S1", [1]), crooked]) } throws: {
        ($0 as? RPCError)?.code == .invalidArgument
      }
    }
  }

  @Test(.timeLimit(.minutes(5))) func onlyGatewaysAndTheOperatorBringReadings() async throws {
    try await withLifeline { lifeline in
      _ = try await lifeline.put([sensor("S1")])
      for (caller, allowed) in [("gateway", true), ("operator", true), ("console", false), ("dispatch", false), ("intake", false)] {
        let channel = try lifeline.node.channel(to: lifeline.service, as: caller)
        let client = LifelineClient(channel)
        var code = StatusCode.ok
        do {
          _ = try await client.ingestReadings { try await $0.send(minutes("S1", [1])) }
        } catch let error as RPCError {
          code = error.code
        }
        #expect(code == (allowed ? .ok : .permissionDenied), "\(caller)")
        await channel.close()
      }
    }
  }

  /// Whatever the stream's batches, the stored alarms are those of the pure machine over the whole series.
  @Test(.timeLimit(.minutes(5)), arguments: [1, 7, 400]) func alarmsDoNotDependOnBatches(size: Int) async throws {
    try await withLifeline(jobs: false) { lifeline in
      _ = try await lifeline.put([sensor("S1", rule([(.blue, 5), (.orange, 9)], hysteresis: 1, silence: 600))])
      var at = start
      let readings = (0..<400).map { index -> (Int64, Double) in
        at += index % 41 == 0 ? 1_000 * second : 60 * second
        return (at, Double((index * 7919) % 113) / 10)
      }
      // A stream each, so that each is a transaction.
      for first in stride(from: 0, to: readings.count, by: size) {
        let piece = readings[first..<min(first + size, readings.count)]
        _ = try await lifeline.ingest([ReadingBatch(sensorCode: "S1", timesUs: piece.map(\.0), values: piece.map(\.1))])
      }
      var machine = SensorMachine(
        rule: try SensorRule(
          above: true, thresholds: [.init(.blue, 5), .init(.orange, 9)], hysteresis: 1, silenceAfter: .seconds(600)))
      var outcome = RunOutcome()
      let (times, values) = (readings.map(\.0), readings.map(\.1))
      let (timeSpan, valueSpan) = (times.span, values.span)
      machine.take(times: timeSpan, values: valueSpan, into: &outcome)
      let told = try await lifeline.told()
      #expect(told.map { $0.type.split(separator: "_").last.map(String.init) } == outcome.facts.map { "\($0.change)" })
      #expect(told.map(\.at) == outcome.facts.map(\.at))
      let raised = Set(outcome.facts.filter { $0.change == .raised }.map(\.at.microseconds))
      let alarms = try await lifeline.alarms(ListAlarmsRequest(page: Page(size: 1_000)))
      #expect(Set(alarms.map(\.raisedAtUs)) == raised)
      #expect(alarms.count(where: { $0.state != .closed }) <= 1)
    }
  }

  @Test(.timeLimit(.minutes(5))) func streamsAtTheSameTimeStoreEachReadingOnce() async throws {
    try await withLifeline(jobs: false) { lifeline in
      let codes = (0..<5).map { "S\($0)" }
      _ = try await lifeline.put(codes.map { sensor($0, rule([(.red, 50)])) })
      let values = (0..<1_000).map { Double($0 % 100) }
      let totals = try await withThrowingTaskGroup(of: IngestReadingsResponse.self) { group in
        for shift in 0..<4 {
          group.addTask {
            try await lifeline.ingest(
              stride(from: 0, to: 1_000, by: 100).flatMap { first in
                codes.indices.map { minutes(codes[($0 + shift) % 5], Array(values[first..<first + 100]), from: first) }
              })
          }
        }
        return try await group.reduce(into: IngestReadingsResponse()) {
          $0.stored += $1.stored
          $0.repeatedReadings += $1.repeatedReadings
        }
      }
      #expect(totals.stored == 5_000)
      #expect(totals.repeatedReadings == 15_000)
      for code in codes { #expect(try await lifeline.series(code).map(\.value) == values) }
      #expect(try await lifeline.count("alarms") == 50)
    }
  }
}
