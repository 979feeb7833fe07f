import CityModel
import CommonAPI
import LifelineAPI
import LifelineService
import NodeKit
import Postgres
import RPC
import TestKit
import Testing

@Suite struct ChartTests {
  /// A reading each five minutes: 105,120 of them.
  @Test(.timeLimit(.minutes(5))) func aYearIsThinnedOutInOneAnswer() async throws {
    try await withLifeline(jobs: false) { lifeline in
      let id = try await lifeline.put([sensor("S1")])[0].id
      let first = Instant(microseconds: start)
      try await lifeline.database.query(
        """
        INSERT INTO readings SELECT \(id), \(first) + n * interval '5 minutes', sin(n / 100.0) * 10 + CASE WHEN n = 77777 THEN 99 ELSE 0 END
        FROM generate_series(0, 105119) AS n
        """)
      let last = Instant(microseconds: start + 105_119 * 300 * second)
      try await lifeline.database.query("UPDATE sensor_states SET last_at = \(last), last_value = 1 WHERE sensor_id = \(id)")
      let begun = ContinuousClock.now
      let chart = try await lifeline.client.getChart(GetChartRequest(sensorCode: "S1"))
      let taken = begun.duration(to: .now)
      #expect(chart.readings == 105_120 && (900...1_000).contains(chart.timesUs.count) && chart.values.contains { $0 > 80 })
      // Far above what is measured: some 150 ms in a release build.
      #expect(taken < .seconds(10), "\(taken)")
      print("a year's chart took \(taken)")
    }
  }

  @Test(.timeLimit(.minutes(5))) func theExtremesTheGapsAndTheAlarmsOfASpan() async throws {
    try await withLifeline(jobs: false) { lifeline in
      _ = try await lifeline.put([sensor("S1", rule([(.red, 50)])), sensor("S2")])
      // 400 minutes, a peak at 200, then nothing for 30 minutes, then 100 more.
      let wave = (0..<400).map { $0 == 200 ? 99.0 : Double($0 % 7) }
      _ = try await lifeline.ingest([minutes("S1", wave), minutes("S1", Array(repeating: 1, count: 100), from: 430)])
      let chart = try await lifeline.client.getChart(GetChartRequest(sensorCode: "S1", maxPoints: 40))
      #expect(chart.readings == 500 && chart.timesUs.count <= 40 && chart.timesUs.count == chart.values.count)
      #expect(chart.values.contains(99) && chart.values.contains(0) && chart.timesUs == chart.timesUs.sorted())
      #expect(chart.gaps == [SeriesGap(fromUs: start + 399 * 60 * second, beforeUs: start + 430 * 60 * second)])
      #expect(chart.sensor?.code == "S1" && chart.sensor?.rule?.thresholds.count == 1 && chart.sensor?.lastValue == 1)
      #expect(chart.alarms.map(\.peakValue) == [99] && chart.alarms[0].state == .closed)
      // Before the peak there was no alarm; around it there was.
      func alarms(_ from: Int64, _ before: Int64) async throws -> Int {
        try await lifeline.client.getChart(
          GetChartRequest(sensorCode: "S1", fromUs: start + from * 60 * second, beforeUs: start + before * 60 * second)
        ).alarms.count
      }
      #expect(try await alarms(0, 200) == 0)
      #expect(try await alarms(150, 250) == 1)
      #expect(try await alarms(202, 300) == 0)
      #expect(try await lifeline.alarms(ListAlarmsRequest(severities: [.red])).count == 1)
      #expect(try await lifeline.alarms(ListAlarmsRequest(severities: [.blue, .yellow])).isEmpty)
      let empty = try await lifeline.client.getChart(GetChartRequest(sensorCode: "S2"))
      #expect(empty.timesUs.isEmpty && empty.gaps.isEmpty && empty.sensor?.code == "S2")
      for odd in [GetChartRequest(sensorCode: "S1", maxPoints: 1), GetChartRequest(sensorCode: "S1", maxPoints: 5_001)] {
        await #expect { try await lifeline.client.getChart(odd) } throws: { ($0 as? RPCError)?.code == .invalidArgument }
      }
      await #expect { try await lifeline.client.getChart(GetChartRequest(sensorCode: "S9")) } throws: {
        ($0 as? RPCError)?.code == .notFound
      }
    }
  }
}
