import CityModel
import CommonAPI
import LifelineAPI
import LifelineService
import NodeKit
import Postgres
import TestKit
import Testing

@Suite struct SilenceTests {
  @Test(.timeLimit(.minutes(5))) func theDrivenClockFindsSilence() async throws {
    try await withLifeline { lifeline in
      let clock = lifeline.service.runtime.clock
      try await clock.drive(to: Instant(microseconds: start))
      _ = try await lifeline.put([sensor("S1", rule([], silence: 600)), sensor("S2", rule([], silence: 600))])
      _ = try await lifeline.ingest([minutes("S1", [1, 1]), minutes("S2", Array(repeating: 1, count: 60))])
      try await clock.drive(to: Instant(microseconds: start + 660 * second))
      #expect(try await lifeline.alarms().isEmpty, "exactly the time of silence is not longer than it")
      try await clock.drive(to: Instant(microseconds: start + 3_600 * second))
      let alarms = try await lifeline.waiting {
        try await lifeline.alarms()
      } until: {
        !$0.isEmpty
      }
      #expect(alarms.map(\.sensorCode) == ["S1"])
      #expect(alarms[0].cause == .silence && alarms[0].severity == .yellow && alarms[0].state == .open)
      #expect(alarms[0].raisedAtUs == start + 660 * second)
      #expect(alarms[0].beganAtUs == start + 60 * second)
      _ = try await lifeline.ingest([minutes("S1", [1], from: 61)])
      let closed = try await lifeline.alarms()
      #expect(closed.map(\.closedAtUs) == [start + 3_660 * second])
    }
  }

  @Test(.timeLimit(.minutes(5))) func inRealTimeItIsFoundWhenItIsDue() async throws {
    try await withLifeline { lifeline in
      _ = try await lifeline.put([sensor("S1", rule([], silence: 1))])
      let now = lifeline.service.runtime.clock.now().microseconds
      _ = try await lifeline.ingest([ReadingBatch(sensorCode: "S1", timesUs: [now], values: [1])])
      let alarms = try await lifeline.waiting {
        try await lifeline.alarms()
      } until: {
        !$0.isEmpty
      }
      #expect(alarms.map(\.raisedAtUs) == [now + second])
    }
  }

  /// History is loaded while the clock is far ahead of it: the sensor is not silent as long as something comes.
  @Test(.timeLimit(.minutes(5))) func loadingHistoryIsNotSilence() async throws {
    try await withLifeline(jobs: false) { lifeline in
      _ = try await lifeline.put([sensor("S1", rule([], silence: 600))])
      for first in 0..<5 {
        _ = try await lifeline.ingest([minutes("S1", [1, 2, 3], from: first * 3)])
        let service = LifelineService(lifeline.service.runtime, reports: lifeline.intake, settings: LifelineSettings())
        let due = try #require(try await service.sweepSilence())
        #expect(due > lifeline.service.runtime.clock.now())
      }
      #expect(try await lifeline.count("alarms") == 0)
    }
  }

  /// History ends without an alarm: its sensors are not expected to deliver in real time.
  @Test(.timeLimit(.minutes(5))) func afterAReplayNothingIsSilentInRealTime() async throws {
    try await withLifeline(jobs: false) { lifeline in
      let clock = lifeline.service.runtime.clock
      let service = LifelineService(lifeline.service.runtime, reports: lifeline.intake, settings: LifelineSettings())
      _ = try await lifeline.put([sensor("S1", rule([], silence: 600))])
      try await clock.drive(to: Instant(microseconds: start))
      _ = try await lifeline.ingest([minutes("S1", [1])])
      #expect(try await service.sweepSilence() == Instant(microseconds: start + 600 * second))
      try await clock.release()
      #expect(try await service.sweepSilence() == nil)
      #expect(try await lifeline.count("alarms") == 0)
      _ = try await lifeline.ingest([minutes("S1", [1], from: 1)])
      #expect(try await service.sweepSilence() != nil, "it delivers again")
    }
  }

  /// Another replay drives the clock years beyond the first one's sensors, which have no more to say.
  @Test(.timeLimit(.minutes(5))) func anotherReplayDoesNotSilenceTheFirstOnesSensors() async throws {
    try await withLifeline(jobs: false) { lifeline in
      let clock = lifeline.service.runtime.clock
      let service = LifelineService(lifeline.service.runtime, reports: lifeline.intake, settings: LifelineSettings())
      _ = try await lifeline.put([sensor("S1", rule([], silence: 600)), sensor("S2", rule([], silence: 600))])
      try await clock.drive(to: Instant(microseconds: start))
      _ = try await lifeline.ingest([minutes("S1", [1])])
      try await clock.release()
      _ = try await service.sweepSilence()
      try await clock.drive(to: Instant(microseconds: start + 1_000_000 * second))
      _ = try await lifeline.ingest([ReadingBatch(sensorCode: "S2", timesUs: [start + 1_000_000 * second], values: [1])])
      try await clock.drive(to: Instant(microseconds: start + 2_000_000 * second))
      _ = try await service.sweepSilence()
      #expect(try await lifeline.alarms().map(\.sensorCode) == ["S2"])
    }
  }

  /// A gateway that sends an old reading again and again says nothing about the sensor behind it.
  @Test(.timeLimit(.minutes(5))) func repeatedReadingsAreNoSignOfLife() async throws {
    try await withLifeline(jobs: false) { lifeline in
      let clock = lifeline.service.runtime.clock
      let service = LifelineService(lifeline.service.runtime, reports: lifeline.intake, settings: LifelineSettings())
      _ = try await lifeline.put([sensor("S1", rule([], silence: 600))])
      try await clock.drive(to: Instant(microseconds: start))
      _ = try await lifeline.ingest([minutes("S1", [1])])
      try await clock.drive(to: Instant(microseconds: start + 500 * second))
      #expect(try await lifeline.ingest([minutes("S1", [1])]).repeatedReadings == 1)
      try await clock.drive(to: Instant(microseconds: start + 700 * second))
      _ = try await service.sweepSilence()
      #expect(try await lifeline.alarms().map(\.raisedAtUs) == [start + 600 * second])
    }
  }

  @Test(.timeLimit(.minutes(5))) func manySensorsAreSweptInBatches() async throws {
    var settings = LifelineSettings()
    settings.silenceBatch = 7
    try await withLifeline(jobs: false, settings: settings) { [settings] lifeline in
      let clock = lifeline.service.runtime.clock
      try await clock.drive(to: Instant(microseconds: start))
      let codes = (0..<30).map { "S\($0)" }
      _ = try await lifeline.put(codes.map { sensor($0, rule([], silence: 600)) })
      _ = try await lifeline.ingest(codes.map { minutes($0, [1]) })
      try await clock.drive(to: Instant(microseconds: start + 601 * second))
      let service = LifelineService(lifeline.service.runtime, reports: lifeline.intake, settings: settings)
      #expect(try await service.sweepSilence() == nil)
      #expect(try await service.sweepSilence() == nil)
      #expect(try await lifeline.count("alarms") == 30)
    }
  }
}
