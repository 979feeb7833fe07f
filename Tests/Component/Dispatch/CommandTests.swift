import CityModel
import CommonAPI
import DispatchAPI
import DispatchDomain
import Events
import IntakeAPI
import Postgres
import RPC
import Reactor
import TestKit
import Testing

@testable import DispatchService

@Suite(.timeLimit(.minutes(5))) struct CommandTests {
  @Test func `a case's whole life through the task API, at the data's own times`() async throws {
    try await withDispatch { dispatch in
      let handler = dispatch.handler
      try await dispatch.fileCase(1) { $0.standard?.checkRequired = true }
      let late = filedAt + hours(80)
      let handled = try await handler.reportHandled(
        ReportHandledRequest(command: command(1, key: "1", role: "crew", at: late, reason: "已清运"), evidence: ["a.jpg", "b.jpg"]),
        call(DispatchMethods.reportHandled))
      #expect(handled.caseFile?.state == .handled && handled.caseFile?.overdue == true && handled.caseFile?.supervised == true)
      _ = try await handler.checkCase(
        CheckCaseRequest(command: command(1, key: "2", at: late + hours(1), reason: "仍有残留"), passed: false),
        call(DispatchMethods.checkCase))
      _ = try await handler.reportHandled(
        ReportHandledRequest(command: command(1, key: "3", at: late + hours(2))), call(DispatchMethods.reportHandled))
      _ = try await handler.checkCase(
        CheckCaseRequest(command: command(1, key: "4", at: late + hours(3)), passed: true), call(DispatchMethods.checkCase))
      let closed = try await handler.closeCase(
        CloseCaseRequest(command: command(1, key: "5", at: late + hours(4))), call(DispatchMethods.closeCase))
      let file = try #require(closed.caseFile)
      #expect(file.state == .closed && file.endedAtUs == (late + hours(4)).microseconds && file.reworkCount == 1)
      let found = try await dispatch.find(1)
      #expect(
        found.history.map(\.kind) == [
          .filed, .dispatched, .overdue, .supervised, .accepted, .handled, .checkFailed, .handled, .checkPassed, .closed,
        ])
      #expect(found.history[2].occurredAtUs == (filedAt + hours(72)).microseconds)
      #expect(found.history[5].evidence == ["a.jpg", "b.jpg"] && found.history[5].reason == "已清运")
      #expect(found.caseFile == file)
      let events = try await dispatch.events()
      #expect(events.map(\.fact) == found.history.map { $0 } && events.last?.caseFile == file)
      // The answer's position is the last event's: a consumer that has read everything has reached it.
      let last = try await dispatch.database.query("SELECT max(id) FROM events")[0][0, Int64.self]
      #expect(closed.position?.sequence == UInt64(last))
    }
  }

  @Test func `a repeated key gets the first answer, another request under it is refused`() async throws {
    try await withDispatch { dispatch in
      let handler = dispatch.handler
      try await dispatch.fileCase(1)
      let accept = AcceptTaskRequest(command: command(1, key: "k"))
      let first = try await handler.acceptTask(accept, call(DispatchMethods.acceptTask))
      var again = try await handler.acceptTask(accept, call(DispatchMethods.acceptTask))
      #expect(again.repeated && !first.repeated)
      again.repeated = false
      #expect(again == first)
      #expect(try await dispatch.find(1).history.count == 3)
      let other = AcceptTaskRequest(command: command(1, key: "k", reason: "别的"))
      #expect(await status { _ = try await handler.acceptTask(other, call(DispatchMethods.acceptTask)) } == .alreadyExists)
    }
  }

  @Test func `the same command many times at once, on two reactors, has its effect once`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.fileCase(1)
      let accept = AcceptTaskRequest(command: command(1, key: "k"))
      let tasks = (0..<40).map { index in
        dispatch.reactors.reactors[index % 2].spawn {
          try await dispatch.handler.acceptTask(accept, call(DispatchMethods.acceptTask))
        }
      }
      var fresh = 0
      for task in tasks { fresh += try await task.value.repeated ? 0 : 1 }
      #expect(fresh == 1)
      #expect(try await dispatch.find(1).history.count == 3)
    }
  }

  @Test func `different commands on one case at once: each is decided on what the others left`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.apply((1...20).map { filed($0) })
      let tasks = (0..<400).map { index in
        dispatch.reactors.reactors[index % 2].spawn { () async throws -> Bool in
          let order = command(1 + index % 20, key: "s\(index)", reason: "领导批示 \(index)")
          _ = try await dispatch.handler.superviseCase(SuperviseCaseRequest(command: order), call(DispatchMethods.superviseCase))
          return true
        }
      }
      for task in tasks { #expect(try await task.value) }
      for number in 1...20 {
        let found = try await dispatch.find(number)
        #expect(found.history.map(\.version) == Array(1...22))
      }
    }
  }

  @Test func `one refusal in a batch doesn't touch the others`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.apply([filed(1), filed(2)])
      let handler = dispatch.handler
      let good = dispatch.reactors.reactors[0].spawn {
        try await handler.acceptTask(AcceptTaskRequest(command: command(1, key: "a")), call(DispatchMethods.acceptTask))
      }
      let bad = dispatch.reactors.reactors[0].spawn {
        try await handler.closeCase(CloseCaseRequest(command: command(2, key: "b")), call(DispatchMethods.closeCase))
      }
      #expect(try await good.value.caseFile?.state == .handling)
      await #expect(throws: RPCError.self) { try await bad.value }
    }
  }

  @Test func `refusals have their status`() async throws {
    try await withDispatch { dispatch in
      let handler = dispatch.handler
      try await dispatch.fileCase(1)
      func accept(_ command: CaseCommand, as service: String? = "operator") async -> StatusCode? {
        await status {
          _ = try await handler.acceptTask(AcceptTaskRequest(command: command), call(DispatchMethods.acceptTask, as: service))
        }
      }
      #expect(await accept(command(1, key: "")) == .invalidArgument)
      #expect(await accept(command(1, key: String(repeating: "k", count: 201))) == .invalidArgument)
      #expect(await accept(command(1, key: "1", role: "mayor")) == .invalidArgument)
      #expect(await accept(command(1, key: "2", role: "citizen")) == .permissionDenied)
      #expect(await accept(command(1, key: "3", at: filedAt), as: "console") == .permissionDenied)
      #expect(await accept(command(1, key: "4", version: 9)) == .aborted)
      #expect(await accept(command(2, key: "5")) == .notFound)
      #expect(await accept(command(1, key: "6", reason: "a\0b")) == .invalidArgument)
      #expect(await accept(command(1, key: "a\0b")) == .invalidArgument)
      // 150 characters of two code points each: the database counts 300.
      #expect(await accept(command(1, key: String(repeating: "e\u{301}", count: 150))) == .invalidArgument)
      #expect(await accept(command(1, key: "6", at: Instant(microseconds: .max))) == .invalidArgument)
      #expect(await accept(CaseCommand(idempotencyKey: "6", number: "1\0", actor: command(1, key: "6").actor)) == .invalidArgument)
      let close = CloseCaseRequest(command: command(1, key: "7"))
      do {
        _ = try await handler.closeCase(close, call(DispatchMethods.closeCase))
        Issue.record("closed what nobody handled")
      } catch let error as RPCError {
        #expect(error.code == .failedPrecondition && error.metadata.first(named: "refusal-code") == "case.not_in_state")
        #expect(error.message.contains("已派遣") && error.message.contains("dispatched"))
      }
      // A refused command has used no key up.
      #expect(await accept(command(1, key: "4")) == nil)
    }
  }

  @Test func `those who hear of a case are told what its department is called at that time`() async throws {
    try await withDispatch { dispatch in
      let handler = dispatch.handler
      func give(_ name: String, _ english: String) async throws {
        let department = Department(code: "环卫", name: name, nameEn: english, crews: [Crew(code: "一班", name: "一班")])
        _ = try await handler.putDepartments(
          PutDepartmentsRequest(departments: [department]), call(DispatchMethods.putDepartments))
      }
      func names() async throws -> [String] { try await dispatch.events().map { "\($0.departmentName)|\($0.departmentNameEn)" } }
      try await dispatch.fileCase(1) { ($0.ownerDepartment, $0.ownerCrew) = ("环卫", "一班") }
      #expect(try await names() == ["|", "|"], "nobody has named it, and before it was dispatched there was none")
      try await give("环境卫生局", "Sanitation")
      _ = try await handler.acceptTask(
        AcceptTaskRequest(command: command(1, key: "1")), call(DispatchMethods.acceptTask))
      try await give("城市管理局", "")
      _ = try await handler.reportHandled(
        ReportHandledRequest(command: command(1, key: "2")), call(DispatchMethods.reportHandled))
      #expect(try await names().suffix(2) == ["环境卫生局|Sanitation", "城市管理局|"])
      try await dispatch.fileCase(2) { $0.ownerDepartment = "环卫" }
      #expect(try await names().suffix(2) == ["|", "城市管理局|"])
    }
  }

  @Test func `a person dispatches only to departments and crews that exist`() async throws {
    try await withDispatch { dispatch in
      let handler = dispatch.handler
      try await dispatch.fileCase(1) { $0.ownerDepartment = "" }
      let departments = [Department(code: "市政", name: "市政局", crews: [Crew(code: "二班", name: "二班")])]
      _ = try await handler.putDepartments(PutDepartmentsRequest(departments: departments), call(DispatchMethods.putDepartments))
      func send(_ key: String, _ department: String, _ crew: String) async -> StatusCode? {
        await status {
          _ = try await handler.dispatchCase(
            DispatchCaseRequest(command: command(1, key: key, reason: "改派"), department: department, crew: crew),
            call(DispatchMethods.dispatchCase))
        }
      }
      #expect(await send("1", "", "") == .invalidArgument)
      #expect(await send("2", "水务", "") == .notFound)
      #expect(await send("3", "市政", "九班") == .notFound)
      #expect(await send("4", "市政", "二班") == nil)
      #expect(await send("5", "市政", "二班") == .failedPrecondition)
      #expect(try await dispatch.find(1).history.last?.dispatchReason?.rule == .person)
    }
  }
}
