import CityModel
import DispatchAPI
import DispatchDomain
import IntakeAPI
import Postgres
import RPC
import Reactor
import TestKit
import Testing

@testable import DispatchService

@Suite(.timeLimit(.minutes(5))) struct SweepTests {
  @Test func `the sweep marks what is late, at the deadline itself, once, in batches`() async throws {
    try await withDispatch { dispatch in
      let due = filedAt + hours(5)
      try await dispatch.apply((1...600).map { number in filed(number) { $0.dueAtUs = (due + .seconds(number)).microseconds } })
      try await dispatch.fileCase(601) { $0.standard = nil }
      let sweep = dispatch.core.sweep
      #expect(try await sweep.next() == due + .seconds(1))
      #expect(try await sweep.markOverdue(before: due + .seconds(1)) == 0, "the deadline itself is in time")
      dispatch.clock.set(due + .seconds(401))
      #expect(try await sweep.markOverdue(before: dispatch.clock.now()) == 400)
      #expect(try await sweep.markOverdue(before: dispatch.clock.now()) == 0)
      let found = try await dispatch.find(400)
      #expect(found.caseFile?.overdue == true && found.caseFile?.supervised == true)
      #expect(found.history.suffix(2).map(\.kind) == [.overdue, .supervised])
      #expect(found.history.suffix(2).allSatisfy { $0.occurredAtUs == (due + .seconds(400)).microseconds })
      #expect(found.history.last?.recordedAtUs == (due + .seconds(401)).microseconds)
      #expect(try await dispatch.find(401).caseFile?.overdue == false)
    }
  }

  @Test func `two sweeps at once share the work`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.apply((1...500).map { number in filed(number) { $0.dueAtUs = (filedAt + hours(1)).microseconds } })
      let tasks = dispatch.reactors.reactors.map { reactor in
        reactor.spawn { try await dispatch.core.sweep.markOverdue(before: filedAt + hours(2)) }
      }
      var total = 0
      for task in tasks { total += try await task.value }
      // What one of them had claimed is passed over by the other: nothing is done twice.
      #expect(total == 500)
      #expect(try await dispatch.events().count { $0.fact?.kind == .overdue } == 500)
    }
  }

  @Test func `a new calendar moves the open deadlines, with a fact`() async throws {
    try await withDispatch { dispatch in
      let handler = dispatch.handler
      let urgent = filed(2) { $0.standard?.unit = .urgentHour }
      let sourced = filed(3) { $0.dueAtUs = (filedAt + hours(200)).microseconds }
      try await dispatch.apply([filed(1), urgent, sourced])
      var calendar = DispatchAPI.WorkCalendar(version: "2017", workMinutes: [480, 720, 840, 1_080], holidays: [20_171_204])
      _ = try await handler.putCalendar(calendar, call(DispatchMethods.putCalendar))
      #expect(try await dispatch.core.sweep.recount(at: filedAt + hours(1)) == 2)
      #expect(try await dispatch.core.sweep.recount(at: filedAt + hours(1)) == 0)
      let moved = try await dispatch.find(1)
      #expect(moved.caseFile?.dueAtUs == (filedAt + hours(96)).microseconds)
      #expect(moved.history.last?.kind == .deadlineChanged && moved.history.last?.dueAtUs == moved.caseFile?.dueAtUs)
      #expect(try await dispatch.find(2).history.count == 2)
      #expect(try await dispatch.find(3).history.count == 2)
      // New cases are counted by it at once; the same version again is nothing new; another content under it is refused.
      try await dispatch.fileCase(4)
      #expect(try await dispatch.find(4).caseFile?.dueAtUs == (filedAt + hours(96)).microseconds)
      _ = try await handler.putCalendar(calendar, call(DispatchMethods.putCalendar))
      calendar.holidays = []
      let other = calendar
      #expect(await status { _ = try await handler.putCalendar(other, call(DispatchMethods.putCalendar)) } == .alreadyExists)
      let wrong = DispatchAPI.WorkCalendar(version: "x", workMinutes: [480])
      #expect(await status { _ = try await handler.putCalendar(wrong, call(DispatchMethods.putCalendar)) } == .invalidArgument)
    }
  }

  /// The sweep may come between a new calendar and the recount: what it marks is recounted all the same.
  @Test func `what was marked overdue by the old calendar is recounted by the new one`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.fileCase(1)
      let calendar = DispatchAPI.WorkCalendar(version: "2017", workMinutes: [480, 720, 840, 1_080], holidays: [20_171_204])
      _ = try await dispatch.handler.putCalendar(calendar, call(DispatchMethods.putCalendar))
      let now = filedAt + hours(80)
      dispatch.clock.set(now)
      let sweep = dispatch.core.sweep
      #expect(try await sweep.markOverdue(before: now) == 1)
      #expect(try await dispatch.find(1).caseFile?.overdue == true)
      #expect(try await sweep.recount(at: now) == 1)
      let found = try await dispatch.find(1)
      #expect(found.history.suffix(3).map(\.kind) == [.overdue, .supervised, .deadlineChanged])
      #expect(found.caseFile?.dueAtUs == (filedAt + hours(96)).microseconds)
      #expect(found.caseFile?.overdue == false && found.caseFile?.supervised == false)
    }
  }
}
