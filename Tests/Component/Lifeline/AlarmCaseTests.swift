import CityModel
import CommonAPI
import IntakeAPI
import LifelineAPI
import LifelineService
import NodeKit
import Postgres
import RPC
import Synchronization
import TestKit
import Testing

@Suite struct AlarmCaseTests {
  static var impatient: LifelineSettings {
    var settings = LifelineSettings()
    settings.caseBackoff = (.milliseconds(1), .milliseconds(1))
    settings.casePoll = .milliseconds(10)
    return settings
  }

  @Test(.timeLimit(.minutes(5))) func anAlarmOpensAnUrgentCase() async throws {
    try await withLifeline { lifeline in
      _ = try await lifeline.put([sensor("S1", rule([(.orange, 10)]))])
      _ = try await lifeline.ingest([minutes("S1", [1, 12, 13])])
      let alarms = try await lifeline.waiting {
        try await lifeline.alarms()
      } until: {
        $0.first.map { !$0.caseId.isEmpty } ?? false
      }
      let alarm = try #require(alarms.first)
      let request = try #require(lifeline.intake.requests.first)
      let id = try #require(Identifier(bytes: alarm.id))
      #expect(request.idempotencyKey == "alarm:\(id)")
      #expect(request.keepSeparate, "a case of its own, be it next to another one")
      #expect(request.channel == .sensor && request.urgent && request.kind == "lifeline-alarm")
      #expect(request.place == LifelineHarness.place, "the sensor has no place of its own")
      #expect(request.occurredAtUs == 0, "the clock is not driven")
      #expect(request.text == alarm.evidence && request.text.contains("12.0 m³/s") && request.text.contains("橙色"))
      #expect(request.evidence.map(\.kind) == ["readings"])
      #expect(request.evidence[0].content.split(separator: "\n").count == 2)
      #expect(alarm.caseNumber == "260101-000000-1")
      #expect(try await lifeline.eventTypes() == ["lifeline.alarm_raised", "lifeline.alarm_case_opened"])
      #expect(try await lifeline.count("case_requests") == 0)
    }
  }

  @Test(.timeLimit(.minutes(5))) func intakeIsAskedUntilItAccepts() async throws {
    try await withLifeline(settings: Self.impatient) { lifeline in
      lifeline.intake.fail(
        RPCError(.unavailable, "down"), RPCError(.deadlineExceeded, "slow"), RPCError(.invalidArgument, "no such kind"))
      _ = try await lifeline.put([sensor("S1", rule([(.red, 10)]))])
      _ = try await lifeline.ingest([minutes("S1", [11])])
      _ = try await lifeline.waiting {
        try await lifeline.alarms()
      } until: {
        $0.first.map { !$0.caseId.isEmpty } ?? false
      }
      #expect(lifeline.intake.requests.count == 4)
      #expect(Set(lifeline.intake.requests).count == 1, "every attempt is the same command")
    }
  }

  @Test(.timeLimit(.minutes(5))) func aFinalNoIsShelved() async throws {
    try await withLifeline(jobs: false, settings: Self.impatient) { lifeline in
      lifeline.intake.openNoCases()
      _ = try await lifeline.put([sensor("S1", rule([(.red, 10)]))])
      _ = try await lifeline.ingest([minutes("S1", [11])])
      let service = LifelineService(lifeline.service.runtime, reports: lifeline.intake, settings: Self.impatient)
      try await service.openCases()
      try await service.openCases()
      #expect(lifeline.intake.requests.count == 1)
      let row = try await lifeline.database.query("SELECT last_error, due_at = 'infinity' FROM case_requests")[0]
      #expect(try row[0, String.self].contains("rejected"))
      #expect(try row[1, Bool.self])
      // A person has mended the cause and lets it be asked again: intake would give the first answer to the first key.
      lifeline.intake.openCasesAgain()
      try await lifeline.database.query("UPDATE case_requests SET due_at = now()")
      try await service.openCases()
      #expect(try await lifeline.alarms().allSatisfy { !$0.caseId.isEmpty })
      #expect(try await lifeline.count("case_requests") == 0)
    }
  }

  @Test(.timeLimit(.minutes(5))) func inAReplayTheCaseCarriesTheDatasTime() async throws {
    try await withLifeline { lifeline in
      try await lifeline.service.runtime.clock.drive(to: Instant(microseconds: start))
      _ = try await lifeline.put([sensor("S1", rule([(.red, 10)]))])
      _ = try await lifeline.ingest([minutes("S1", [1, 11])])
      _ = try await lifeline.waiting {
        try await lifeline.alarms()
      } until: {
        $0.first.map { !$0.caseId.isEmpty } ?? false
      }
      #expect(lifeline.intake.requests.map(\.occurredAtUs) == [start + 60 * second])
    }
  }

  /// What a replay waits for before it lets the clocks go.
  @Test(.timeLimit(.minutes(5))) func settledMeansThatEverySilenceIsFoundAndEveryAlarmHasItsCase() async throws {
    try await withLifeline(settings: Self.impatient) { lifeline in
      lifeline.intake.fail(
        RPCError(.unavailable, "down"), RPCError(.unavailable, "down"), RPCError(.unavailable, "down"), RPCError(.unavailable, "down"))
      let clock = lifeline.service.runtime.clock
      try await clock.drive(to: Instant(microseconds: start))
      let codes = (0..<40).map { "S\($0)" }
      _ = try await lifeline.put(codes.map { sensor($0, rule([(.red, 10)], silence: 600)) })
      _ = try await lifeline.ingest(codes.map { minutes($0, [11]) })
      try await clock.drive(to: Instant(microseconds: start + 601 * second))
      #expect(try await lifeline.client.awaitSettled(AwaitSettledRequest()).withoutCase == 0)
      let alarms = try await lifeline.alarms()
      #expect(alarms.count { $0.cause == .threshold } == 40 && alarms.count { $0.cause == .silence } == 40)
      #expect(Set(alarms.map(\.caseId)).count == 80 && alarms.allSatisfy { !$0.caseId.isEmpty })
    }
  }

  /// A condition that nobody understands must not become no condition.
  @Test(.timeLimit(.minutes(5))) func aListingByAnUnknownStateIsRefused() async throws {
    try await withLifeline(jobs: false) { lifeline in
      for request in [ListAlarmsRequest(states: [.unrecognized(9)]), ListAlarmsRequest(causes: [.unrecognized(9)])] {
        await #expect {
          _ = try await lifeline.alarms(request)
        } throws: {
          ($0 as? RPCError)?.code == .invalidArgument
        }
      }
    }
  }

  @Test(.timeLimit(.minutes(5))) func whatIsNotSettledIsWaitedFor() async throws {
    try await withLifeline(jobs: false, settings: Self.impatient) { lifeline in
      _ = try await lifeline.put([sensor("S1", rule([(.red, 10)]))])
      #expect(try await lifeline.client.awaitSettled(AwaitSettledRequest()).withoutCase == 0)
      _ = try await lifeline.ingest([minutes("S1", [11])])
      await #expect {
        _ = try await lifeline.client.awaitSettled(AwaitSettledRequest(), CallOptions(timeout: .milliseconds(100)))
      } throws: {
        ($0 as? RPCError)?.code == .deadlineExceeded
      }
      lifeline.intake.openNoCases()
      let service = LifelineService(lifeline.service.runtime, reports: lifeline.intake, settings: Self.impatient)
      try await service.openCases()
      #expect(try await lifeline.client.awaitSettled(AwaitSettledRequest()).withoutCase == 1)
    }
  }

  /// The way that production takes: intake over mutual TLS, which lets lifeline in by its certificate.
  @Test(.timeLimit(.minutes(5))) func intakeIsReachedOverRPC() async throws {
    let asked = AskedIntake()
    try await withDatabase { database in
      let node = try TestNode()
      let intake = try await startService(
        try node.configuration("intake", database: database), reactors: database.reactors, logger: TestLog.silent, migrations: [],
        build: { _ in
          ServiceParts(access: [IntakeMethods.submitReport: .only(ServiceName.lifeline)]) { router in
            router.unary(IntakeMethods.submitReport) { (request: SubmitReportRequest, call: CallContext) in
              asked.append(request, call.peer.identity?.service)
              return SubmitReportResponse(caseId: Identifier.v7(at: .epoch).bytes, caseNumber: "N1")
            }
          }
        })
      let lifeline = try await startService(
        try node.configuration(
          "lifeline", database: database, addresses: [ServiceName.intake: intake.addresses[0].description]), reactors: database.reactors,
        logger: TestLog.silent, migrations: LifelineService.migrations, build: LifelineService.build)
      let channel = try node.channel(to: lifeline, as: ServiceName.operator)
      let harness = LifelineHarness(client: LifelineClient(channel), service: lifeline, node: node, intake: ScriptedIntake())
      _ = try await harness.put([sensor("S1", rule([(.red, 10)]))])
      _ = try await harness.ingest([minutes("S1", [11])])
      _ = try await harness.waiting {
        try await harness.alarms()
      } until: {
        $0.first?.caseNumber == "N1"
      }
      #expect(asked.callers == ["lifeline"])
      await channel.close()
      await lifeline.stop(grace: .seconds(1))
      await intake.stop(grace: .seconds(1))
    }
  }
}

final class AskedIntake: Sendable {
  private let calls = Mutex<[(SubmitReportRequest, String?)]>([])
  func append(_ request: SubmitReportRequest, _ caller: String?) { calls.withLock { $0.append((request, caller)) } }
  var callers: [String?] { calls.withLock { $0.map(\.1) } }
}
