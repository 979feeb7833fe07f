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
          let outcome = await test.reactors.reactors[0].spawn { try await live(channels, told: intakeDatabase, node) }.result
          for channel in channels { await channel.close() }
          await dispatch.stop(grace: .seconds(1))
          try outcome.get()
        }
      }
    }
  }

  private func live(_ channels: [RPC.Channel], told intake: TestDatabase, _ node: TestNode) async throws {
    let (asOperator, asConsole, asEvaluation) = (channels[0], channels[1], channels[2])
    let events = (1...300).map { number in
      // The first case was given to a crew.
      let event = filed(number) { if number == 1 { $0.ownerCrew = "一班" } }
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
    let crew = CallOptions(metadata: try node.metadata(for: .crew, department: "环卫", crew: "一班"))
    let accepted = try await console.acceptTask(AcceptTaskRequest(command: command(1, key: "a", role: "supervisor")), crew)
    #expect(accepted.caseFile?.state == .handling)
    let timed = AcceptTaskRequest(command: command(2, key: "b", at: filedAt))
    #expect(await status { _ = try await console.acceptTask(timed, crew) } == .permissionDenied)
    try await persons(console, node)
    #expect(await status { _ = try await console.putCalendar(DispatchAPI.WorkCalendar(version: "x")) } == .permissionDenied)
    let evaluation = DispatchClient(asEvaluation)
    #expect(await status { _ = try await evaluation.acceptTask(AcceptTaskRequest(command: command(3, key: "c"))) } == .permissionDenied)
  }

  /// The console's word counts for nothing: dispatch asks the identity.
  private func persons(_ console: DispatchClient, _ node: TestNode) async throws {
    func options(
      _ role: PersonRole, _ department: String = "", crew: String = "", district: String = "", signer: String = "dispatch"
    ) throws -> CallOptions {
      CallOptions(metadata: try node.metadata(for: role, department: department, crew: crew, district: district, signer: signer))
    }
    func see(_ options: CallOptions) async -> String? {
      await code { _ = try await console.getCase(GetCaseRequest(number: caseNumber(9)), options) }
    }
    func accept(_ options: CallOptions, _ key: String) async -> String? {
      await code { _ = try await console.acceptTask(AcceptTaskRequest(command: command(9, key: key)), options) }
    }
    #expect(await see(CallOptions()) == "identity.missing")
    #expect(await see(try options(.centre, signer: "console")) == "identity.invalid", "the console cannot make one up")
    #expect(await see(try options(.administrator)) == "identity.role_may_not")
    #expect(await see(try options(.department, "市政")) == "case.not_yours")
    #expect(await see(try options(.centre, district: "D2")) == "case.not_yours")
    #expect(await see(try options(.department, "环卫")) == nil)
    #expect(await accept(try options(.department, "市政"), "k1") == "case.other_department")
    #expect(await accept(try options(.checker), "k2") == "case.role_may_not", "although the request says operator")
    #expect(await accept(try options(.evaluator), "k3") == "identity.role_may_not")
    #expect(await accept(try options(.crew, "环卫", district: "D2"), "k4") == "case.other_district")
    let history = try await console.getCase(GetCaseRequest(number: caseNumber(1)), try options(.centre)).history
    #expect(history.last?.actor?.role == "crew" && history.last?.actor?.name == "张三" && history.last?.actor?.id != "42")
    let others = ListCasesRequest(department: "环卫")
    #expect(await code { _ = try await console.listCases(others, try options(.department, "市政")) } == "case.not_yours")
    #expect(try await console.listCases(ListCasesRequest(), try options(.department, "市政")).cases.isEmpty)
    #expect(try await console.listCases(ListCasesRequest(), try options(.department, "环卫")).cases.count > 1)
    let tasks = ListTasksRequest(department: "环卫")
    #expect(await code { _ = try await console.listTasks(tasks, try options(.crew, "市政", crew: "一班")) } == "case.not_yours")
    #expect(try await console.listTasks(ListTasksRequest(), try options(.department, "环卫")).tasks.count > 1)
    try await crews(console, try options(.crew, "环卫", crew: "一班"))
  }

  /// A crew sees what it was given, asks for nothing else, and does nothing to anything else. The first case is its own.
  private func crews(_ console: DispatchClient, _ crew: CallOptions) async throws {
    let own = [caseNumber(1)]
    #expect(try await console.listCases(ListCasesRequest(), crew).cases.map(\.number) == own)
    #expect(try await console.listTasks(ListTasksRequest(), crew).tasks.map(\.number) == own)
    #expect(await code { _ = try await console.listCases(ListCasesRequest(crew: "二班"), crew) } == "case.not_yours")
    #expect(await code { _ = try await console.listTasks(ListTasksRequest(crew: "二班"), crew) } == "case.not_yours")
    #expect(await code { _ = try await console.getCase(GetCaseRequest(number: caseNumber(9)), crew) } == "case.not_yours")
    #expect(try await console.getCase(GetCaseRequest(number: own[0]), crew).actions.map(\.action) == [.return, .reportHandled])
    let other = AcceptTaskRequest(command: command(9, key: "k5"))
    #expect(await code { _ = try await console.acceptTask(other, crew) } == "case.other_crew")
    #expect(await code { _ = try await console.getOverview(GetOverviewRequest(), crew) } == "identity.role_may_not")
    #expect(await code { _ = try await console.getCaseTile(GetCaseTileRequest(), crew) } == "identity.role_may_not")
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
