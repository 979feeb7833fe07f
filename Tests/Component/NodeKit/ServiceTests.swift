// A tiny service, whole: mutual TLS on loopback, real PostgreSQL, start to drain.
import CityModel
import CommonAPI
import Cryptography
import Events
import EventsAPI
import Glibc
import HealthAPI
import NodeAPI
import Postgres
import RPC
import Reactor
import Synchronization
import TestKit
import Testing

@testable import NodeKit

@Suite(.timeLimit(.minutes(5))) struct ServiceTests {
  /// It has no methods of its own: what every service has is what is tested.
  static func build(_ runtime: ServiceRuntime) async throws -> ServiceParts { ServiceParts(access: [:]) { _ in } }

  static let december = Instant(seconds: 1_512_115_200)

  @Test func answersHealthToAnyone() async throws {
    try await withService("tiny", migrations: [], build: Self.build) { service, channel, node in
      #expect(try await HealthClient(channel).check(HealthCheckRequest()).status == .serving)
      let unknown = await #expect(throws: RPCError.self) { try await HealthClient(channel).check(HealthCheckRequest(service: "x.Y")) }
      #expect(unknown?.code == .notFound)
      let events = HealthCheckRequest(service: "chengyun.events.v1.Events")
      #expect(try await HealthClient(channel).check(events).status == .serving)
      let stranger = try node.channel(to: service, as: "stranger")
      #expect(try await HealthClient(stranger).check(HealthCheckRequest()).status == .serving)
      await stranger.close()
    }
  }

  @Test func healthWatchHearsTheDrain() async throws {
    try await withService("tiny", migrations: [], build: Self.build) { service, channel, _ in
      let heard = Mutex<[HealthCheckResponse.ServingStatus]>([])
      try await HealthClient(channel).watch(HealthCheckRequest(), CallOptions(timeout: nil)) { answer in
        heard.withLock { $0.append(answer.status) }
        switch answer.status {
        case .serving: service.runtime.health.raise(.databaseUnreachable)
        default: service.runtime.health.raise(.draining)
        }
      }
      #expect(heard.withLock { $0 }.first == .serving)
      #expect(heard.withLock { $0 }.last == .notServing)
    }
  }

  @Test func clockIsTheOperatorsOnly() async throws {
    try await withService("tiny", migrations: [], build: Self.build) { service, channel, node in
      let target = DriveClockRequest(toUs: Self.december.microseconds)
      for caller in ["dispatch", "console", "tiny"] {
        let other = try node.channel(to: service, as: caller)
        let error = await #expect(throws: RPCError.self) { try await ClockClient(other).drive(target) }
        #expect(error?.code == .permissionDenied, "\(caller)")
        await other.close()
      }
      let state = try await ClockClient(channel).drive(target)
      #expect(state == ClockState(nowUs: Self.december.microseconds, driven: true))
      #expect(service.runtime.clock.now() == Self.december)
      let back = await #expect(throws: RPCError.self) {
        try await ClockClient(channel).drive(DriveClockRequest(toUs: Self.december.microseconds - 1))
      }
      #expect(back?.code == .failedPrecondition)
      #expect(try await ClockClient(channel).release(ReleaseClockRequest()).driven == false)
    }
  }

  @Test func strangersAreRefused() async throws {
    try await withService("tiny", migrations: [], build: Self.build) { service, _, node in
      let foreign = try TestNode(city: node.city, node: node.node)
      let quick = CallOptions(timeout: .seconds(20), waitForReady: false)
      for tls in [try foreign.clientTLS(as: ServiceName.operator), try nameless(node)] {
        let channel = RPC.Channel(
          target: service.addresses[0].description, tls: tls, expectedService: "tiny", reactors: service.runtime.reactors)
        await #expect(throws: RPCError.self) { try await ClockClient(channel).get(GetClockRequest(), quick) }
        await channel.close()
      }
    }
  }

  /// It trusts the node but shows no certificate.
  private func nameless(_ node: TestNode) throws -> TLSContext {
    try TLSContext.client(.init(trustedAuthorities: .pem(node.authority.certificatePEM)))
  }

  @Test func restartedServiceStaysInTheDatasTime() async throws {
    try await withDatabase { test in
      let node = try TestNode()
      let configuration = try node.configuration("tiny", database: test)
      for turn in 0..<3 {
        let service = try await startService(
          configuration, reactors: test.reactors, logger: TestLog.silent, migrations: [], build: Self.build)
        #expect(service.runtime.clock.isDriven == (turn > 0))
        if turn > 0 { #expect(service.runtime.clock.now() == Self.december) }
        try await service.runtime.clock.drive(to: Self.december)
        await service.stop()
      }
    }
  }

  @Test func drainEndsSubscriptionsAndJobsAtOnce() async throws {
    try await withDatabase { test in
      let node = try TestNode()
      let jobEnded = Mutex(false)
      let service = try await startService(
        try node.configuration("tiny", database: test), reactors: test.reactors, logger: TestLog.silent, migrations: []
      ) { _ in
        ServiceParts(
          access: [:],
          jobs: [
            NamedJob("endless") {
              defer { jobEnded.withLock { $0 = true } }
              try await Reactor.sleep(for: .seconds(100))
            }
          ]
        ) { _ in }
      }
      let channel = try node.channel(to: service, as: "dispatch")
      let (readings, reading) = AsyncStream.makeStream(of: Void.self)
      let subscription = test.reactors.next().spawn {
        try await EventsClient(channel).subscribe(SubscribeRequest(follow: true), CallOptions(timeout: nil)) { _ in reading.yield() }
      }
      let event = NewEvent(type: "tiny.happened", subject: .v7(at: Self.december), occurredAt: Self.december, body: [])
      try await test.database.query(EventLog.append([event], recordedAt: Self.december))
      for await _ in readings { break }
      let began = MonotonicTime.now()
      await service.stop(grace: .seconds(100))
      #expect(began.duration(to: .now()) < .seconds(50))
      _ = await subscription.result
      #expect(jobEnded.withLock { $0 })
      await channel.close()
    }
  }

  @Test func countsCalls() async throws {
    try await withService("tiny", migrations: [], build: Self.build) { service, channel, node in
      for _ in 0..<3 { _ = try await ClockClient(channel).get(GetClockRequest()) }
      _ = try? await HealthClient(channel).check(HealthCheckRequest(service: "x"))
      let totals = await service.calls.totals()
      #expect(totals["/chengyun.node.v1.Clock/Get"] == [.ok: 3])
      #expect(totals["/grpc.health.v1.Health/Check"] == [.notFound: 1])
    }
  }

  @Test func lostDatabaseIsNoticed() async throws {
    try await withReactors(2) { reactors in
      var settings = DatabaseConfiguration(conninfo: "host=/nonexistent user=x", applicationName: "x")
      settings.waitLimit = .milliseconds(200)
      let database = Database(configuration: settings, reactors: reactors, logger: TestLog.silent)
      let board = HealthBoard()
      let probe = DatabaseProbe(board: board, logger: TestLog.silent, ask: { try await database.query("SELECT 1") })
      try await probe.probe()
      #expect(board.obstacles.contains(.databaseUnreachable))
      await database.close()
    }
  }

  @Test func unreachableDatabaseEndsTheStart() async throws {
    try await withDatabase { test in
      let node = try TestNode()
      var configuration = try node.configuration("tiny", database: test)
      configuration.database.conninfo = "host=/nonexistent user=x"
      configuration.startPatience = .milliseconds(300)
      let chosen = configuration
      let error = await #expect(throws: PostgresError.self) {
        try await startService(chosen, reactors: test.reactors, logger: TestLog.silent, migrations: [], build: Self.build)
      }
      #expect(error?.isTransient == true)
    }
  }

  @Test func portOfARunningServiceIsRefused() async throws {
    try await withDatabase { test in
      let node = try TestNode()
      let first = try await startService(
        try node.configuration("tiny", database: test), reactors: test.reactors, logger: TestLog.silent, migrations: [], build: Self.build)
      let second = try node.configuration("tiny", database: test, port: first.addresses[0].port)
      let error = await #expect(throws: SystemError.self) {
        try await startService(second, reactors: test.reactors, logger: TestLog.silent, migrations: [], build: Self.build)
      }
      #expect(error?.errno == EADDRINUSE)
      await first.stop()
      let third = try await startService(second, reactors: test.reactors, logger: TestLog.silent, migrations: [], build: Self.build)
      await third.stop()
    }
  }

  @Test func missingAddressIsAConfigurationError() async throws {
    try await withService("tiny", migrations: [], build: Self.build) { service, _, _ in
      let error = #expect(throws: ConfigurationError.self) { try service.runtime.channel(to: "dispatch") }
      #expect(error?.faults.map(\.name) == ["CHENGYUN_DISPATCH"])
    }
  }

  @Test func certificateOfAnotherServiceIsNoticedAtStart() async throws {
    try await withDatabase { test in
      let node = try TestNode()
      var configuration = try node.configuration("tiny", database: test)
      configuration.service = "intake"
      configuration.secretFile = "/nonexistent"
      configuration.timeZone = "Asia/Nowhere"
      let chosen = configuration
      let error = await #expect(throws: ConfigurationError.self) {
        try await startService(chosen, reactors: test.reactors, logger: TestLog.silent, migrations: [], build: Self.build)
      }
      #expect(error?.faults.map(\.name) == [NodeKeys.timeZone, "/nonexistent", NodeKeys.tlsCertificate])
    }
  }

  @Test func plaintextIsServedWhenAskedFor() async throws {
    try await withDatabase { test in
      let node = try TestNode()
      var configuration = try node.configuration("tiny", database: test)
      configuration.security = .plaintext
      let service = try await startService(
        configuration, reactors: test.reactors, logger: TestLog.silent, migrations: [], build: Self.build)
      let channel = RPC.Channel(target: service.addresses[0].description, tls: nil, reactors: test.reactors)
      #expect(try await ClockClient(channel).get(GetClockRequest()).driven == false)
      await channel.close()
      await service.stop()
    }
  }
}
