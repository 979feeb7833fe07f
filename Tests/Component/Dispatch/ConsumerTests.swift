import CityModel
import CommonAPI
import DispatchAPI
import DispatchDomain
import Events
import FeedbackAPI
import IntakeAPI
import Postgres
import RPC
import TestKit
import Testing
import Wire

@testable import DispatchService

@Suite(.timeLimit(.minutes(5))) struct ConsumerTests {
  @Test func `a filed case is created and dispatched in one transaction, with its events`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.fileCase(1)
      let found = try await dispatch.find(1)
      let file = try #require(found.caseFile)
      #expect(file.state == .dispatched && file.department == "环卫" && file.version == 2)
      #expect(file.dueAtUs == (filedAt + hours(72)).microseconds)
      #expect(file.dispatchDueAtUs == (filedAt + hours(0.25)).microseconds && file.dispatchedAtUs == filedAt.microseconds)
      #expect(file.place?.streetCode == "S1" && file.place?.point?.longitude == 116.4)
      #expect(found.history.map(\.kind) == [.filed, .dispatched])
      #expect(found.history[0].dueAtUs == file.dueAtUs && found.history[1].dueAtUs == nil)
      #expect(found.history[1].dispatchReason?.rule == .source)
      let events = try await dispatch.events()
      #expect(events.map(\.fact) == found.history.map { $0 })
      #expect(events.last?.caseFile == file)
      // By its number and by the other platform's.
      let handler = dispatch.handler
      #expect(try await handler.getCase(GetCaseRequest(number: caseNumber(1)), call(DispatchMethods.getCase)) == found)
      #expect(try await handler.getCase(GetCaseRequest(externalRef: "ref-1"), call(DispatchMethods.getCase)) == found)
      #expect(await status { _ = try await dispatch.find(2) } == .notFound)
      // The source's department is known from now on.
      let known = try await handler.listDepartments(ListDepartmentsRequest(), call(DispatchMethods.listDepartments))
      #expect(known.departments.map(\.code) == ["环卫"])
    }
  }

  @Test func `what is delivered again changes nothing`() async throws {
    try await withDispatch { dispatch in
      let batch = (1...50).map { filed($0) }
      try await dispatch.apply(batch)
      let before = try await dispatch.events()
      try await dispatch.apply(batch + [filed(51)])
      #expect(try await dispatch.events().count == before.count + 2)
    }
  }

  @Test func `reports join and leave; a case without any is cancelled, also within one batch`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.apply([filed(1), linked(1), rejected(1), filed(2), rejected(2)])
      let first = try #require(try await dispatch.find(1).caseFile)
      #expect(first.state == .dispatched && first.reportCount == 1 && first.version == 4)
      try await dispatch.apply([rejected(1)])
      let found = try await dispatch.find(1)
      #expect(found.caseFile?.state == .cancelled)
      #expect(found.history.map(\.kind) == [.filed, .dispatched, .reportLinked, .reportUnlinked, .reportUnlinked, .cancelled])
      #expect(found.history[4].actor?.name == "李四" && found.history[4].reason == "误报")
      #expect(try await dispatch.find(2).caseFile?.state == .cancelled)
    }
  }

  @Test func `without an owner the matrix decides, and a place found later is dispatched by it`() async throws {
    try await withDispatch { dispatch in
      let entries = [
        DispatchAPI.Responsibility(kind: "0110", areaCode: "S1", department: "街道", crew: "一班"),
        DispatchAPI.Responsibility(kind: "0110", areaCode: "D1", department: "区局"),
      ]
      _ = try await dispatch.handler.putResponsibilities(
        PutResponsibilitiesRequest(version: "2017", responsibilities: entries), call(DispatchMethods.putResponsibilities))
      try await dispatch.fileCase(1) { $0.ownerDepartment = "" }
      let reason = try await dispatch.find(1).history[1].dispatchReason
      #expect(reason?.rule == .matrix && reason?.matrixVersion == "2017")
      #expect(reason?.matched == entries[0] && reason?.alternatives == [entries[1]])
      try await dispatch.fileCase(2) {
        $0.ownerDepartment = ""
        $0.place = nil
        $0.unplaced = true
      }
      #expect(try await dispatch.find(2).history.map(\.kind) == [.filed, .notDispatchable])
      let placed = ReportPlaced(caseId: caseID(2).bytes, place: CommonAPI.Place(districtCode: "D1"))
      try await dispatch.apply([recorded("intake.report_placed", 2, .reportPlaced(placed))])
      let file = try #require(try await dispatch.find(2).caseFile)
      #expect(file.state == .dispatched && file.department == "区局" && !file.unplaced)
    }
  }

  /// Intake keeps the reports: its word counts, whatever was counted here.
  @Test func `a case whose reports were all rejected is cancelled, unless it has ended`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.apply([filed(1), linked(1), rejected(1, isLast: true), filed(2)])
      let found = try await dispatch.find(1)
      #expect(found.caseFile?.state == .cancelled && found.caseFile?.endedAtUs == filedAt.microseconds)
      #expect(found.history.suffix(2).map(\.kind) == [.reportUnlinked, .cancelled])
      #expect(found.history.last?.reason == "已无上报支持该案卷：误报" && found.history.last?.actor?.role == "system")
      #expect(try await dispatch.events().last { $0.caseFile?.id == caseID(1).bytes }?.fact?.kind == .cancelled)
      let handler = dispatch.handler
      _ = try await handler.reportHandled(ReportHandledRequest(command: command(2, key: "h")), call(DispatchMethods.reportHandled))
      _ = try await handler.closeCase(CloseCaseRequest(command: command(2, key: "c")), call(DispatchMethods.closeCase))
      try await dispatch.apply([rejected(2, isLast: true), rejected(1, isLast: true)])
      #expect(try await dispatch.find(2).caseFile?.state == .closed)
      #expect(try await dispatch.find(1).history.count { $0.kind == .cancelled } == 1)
    }
  }

  @Test func `an unreadable fact stops the consumer, one of an unknown kind does not`() async throws {
    try await withDispatch { dispatch in
      let type = "intake.case_filed"
      let withoutLimit = filed(9) { $0.standard?.unit = .unrecognized(9) }
      let unreadable = [
        recorded(type, 9, [0xff, 0xff]), recorded(type, 9, []), filed(9) { $0.caseId = [1] }, filed(9) { $0.number = "" }, withoutLimit,
        recorded("intake.report_linked", 9, .reportLinked(ReportLinked())),
      ]
      for event in unreadable {
        await #expect(throws: UnreadableFact.self) { try await dispatch.apply([filed(1), event]) }
        #expect(await status { _ = try await dispatch.find(1) } == .notFound)
      }
      let rated = FeedbackEvent(fact: .rated(Rated(score: 1, reopen: true))).encoded(prefix: 0)
      for body in [[0xff], rated] {
        await #expect(throws: UnreadableFact.self) { try await dispatch.applyFeedback([recorded("feedback.rated", 9, body)]) }
      }
      // Field 127 of the event: told by a newer intake, a newer feedback.
      let news: [UInt8] = [0xfa, 0x07, 0x00]
      try await dispatch.apply([recorded(type, 9, news), linked(77), filed(1)])
      try await dispatch.applyFeedback([recorded("feedback.rated", 9, news)])
      #expect(try await dispatch.find(1).caseFile?.state == .dispatched)
    }
  }

  @Test func `what a failed transaction learnt is learnt again`() async throws {
    try await withDispatch { dispatch in
      await #expect(throws: Unexpected.self) {
        try await dispatch.database.transaction { transaction in
          try await dispatch.intake.apply([filed(1)], transaction)
          throw Unexpected()
        }
      }
      try await dispatch.apply([filed(1)])
      try await dispatch.apply([filed(2)])
      let known = try await dispatch.handler.listDepartments(ListDepartmentsRequest(), call(DispatchMethods.listDepartments))
      #expect(known.departments.map(\.code) == ["环卫"])
    }
  }

  @Test func `an answer about an earlier closing reopens nothing`() async throws {
    try await withDispatch { dispatch in
      let handler = dispatch.handler
      try await dispatch.fileCase(1)
      let late = filedAt + hours(10)
      _ = try await handler.reportHandled(
        ReportHandledRequest(command: command(1, key: "h", at: late)), call(DispatchMethods.reportHandled))
      _ = try await handler.closeCase(CloseCaseRequest(command: command(1, key: "c", at: late)), call(DispatchMethods.closeCase))
      let body = FeedbackEvent(fact: .rated(Rated(caseId: caseID(1).bytes, score: 1, reopen: true))).encoded(prefix: 0)
      try await dispatch.applyFeedback([recorded("feedback.rated", 1, body, at: late - .seconds(1))])
      #expect(try await dispatch.find(1).caseFile?.state == .closed)
      try await dispatch.applyFeedback([recorded("feedback.rated", 1, body, at: late)])
      #expect(try await dispatch.find(1).caseFile?.reopenCount == 1)
    }
  }

  @Test func `a dissatisfied citizen reopens the case once it is closed`() async throws {
    try await withDispatch { dispatch in
      let handler = dispatch.handler
      let body = FeedbackEvent(fact: .rated(Rated(caseId: caseID(1).bytes, score: 1, reopen: true, text: "还在"))).encoded(prefix: 0)
      let rated = recorded("feedback.rated", 1, body, at: filedAt + hours(9))
      try await dispatch.fileCase(1)
      try await dispatch.applyFeedback([rated])
      #expect(try await dispatch.find(1).caseFile?.version == 2, "an open case is not reopened")
      _ = try await handler.reportHandled(ReportHandledRequest(command: command(1, key: "h")), call(DispatchMethods.reportHandled))
      _ = try await handler.closeCase(CloseCaseRequest(command: command(1, key: "c")), call(DispatchMethods.closeCase))
      try await dispatch.applyFeedback([rated])
      let found = try await dispatch.find(1)
      #expect(found.caseFile?.state == .dispatched && found.caseFile?.reopenCount == 1)
      #expect(found.history.suffix(2).map(\.kind) == [.reopened, .dispatched])
      #expect(found.history.dropLast().last?.actor?.role == "citizen")
    }
  }
}
