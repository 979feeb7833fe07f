import CityModel
import CommonAPI
import DispatchAPI
import Events
import EventsAPI
import FeedbackAPI
import IntakeAPI
import NodeKit
import Postgres
import RPC
import Reactor
import TestKit
import Testing
import Wire

@testable import DispatchService

/// The service as it runs: over mutual TLS, beside an intake and a feedback that only have logs.
@Suite(.timeLimit(.minutes(5))) struct ServiceTests {
  @Test func `what intake tells is dispatched here, and who may do what`() async throws {
    let node = try TestNode()
    try await withNeighbour("intake", node) { intake, intakeDatabase in
      try await withNeighbour("feedback", node) { feedback, _ in
        try await withDatabase { test in
          let addresses = [ServiceName.intake: intake.addresses[0].description, ServiceName.feedback: feedback.addresses[0].description]
          let dispatch = try await startService(
            try node.configuration(ServiceName.dispatch, database: test, addresses: addresses), reactors: test.reactors,
            logger: TestLog.silent, migrations: DispatchService.migrations, build: DispatchService.build)
          let channels = try ["operator", "console", "evaluation"].map { try node.channel(to: dispatch, as: $0) }
          let outcome = await test.reactors.reactors[0].spawn { try await live(channels, told: intakeDatabase) }.result
          for channel in channels { await channel.close() }
          await dispatch.stop(grace: .seconds(1))
          try outcome.get()
        }
      }
    }
  }

  private func live(_ channels: [RPC.Channel], told intake: TestDatabase) async throws {
    let (asOperator, asConsole, asEvaluation) = (channels[0], channels[1], channels[2])
    let events = (1...300).map { number in
      let event = filed(number)
      return NewEvent(type: event.type, subject: event.subject, occurredAt: event.occurredAt, body: event.body)
    }
    let position = try await intake.reactors.reactors[0].spawn {
      try EventLog.position(of: try await intake.database.query(EventLog.append(events, recordedAt: filedAt)))
    }.value
    _ = try await EventsClient(asOperator).await(
      AwaitRequest(source: "intake", position: try #require(position).wire), CallOptions(timeout: .seconds(30)))
    let client = DispatchClient(asOperator)
    let reply = try await client.reportHandled(
      ReportHandledRequest(command: command(300, key: "h", at: filedAt + hours(1))), CallOptions())
    #expect(reply.caseFile?.state == .handled && reply.caseFile?.handledAtUs == (filedAt + hours(1)).microseconds)
    #expect(try await DispatchClient(asEvaluation).getCase(GetCaseRequest(number: caseNumber(7))).caseFile?.state == .dispatched)

    let console = DispatchClient(asConsole)
    #expect(try await console.acceptTask(AcceptTaskRequest(command: command(1, key: "a", role: "crew"))).caseFile?.state == .handling)
    let timed = AcceptTaskRequest(command: command(2, key: "b", at: filedAt))
    #expect(await status { _ = try await console.acceptTask(timed) } == .permissionDenied)
    #expect(await status { _ = try await console.putCalendar(DispatchAPI.WorkCalendar(version: "x")) } == .permissionDenied)
    let evaluation = DispatchClient(asEvaluation)
    #expect(await status { _ = try await evaluation.acceptTask(AcceptTaskRequest(command: command(3, key: "c"))) } == .permissionDenied)
  }

  /// A service that has a log and nothing else.
  private func withNeighbour(
    _ name: String, _ node: TestNode, _ body: @escaping @Sendable (RunningService, TestDatabase) async throws -> Void
  ) async throws {
    try await withDatabase { test in
      let service = try await startService(
        try node.configuration(name, database: test), reactors: test.reactors, logger: TestLog.silent, migrations: []
      ) { _ in ServiceParts(access: [:]) { _ in } }
      do {
        try await body(service, test)
      } catch {
        await service.stop(grace: .seconds(1))
        throw error
      }
      await service.stop(grace: .seconds(1))
    }
  }
}
