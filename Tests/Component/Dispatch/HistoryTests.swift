import CityModel
import DispatchAPI
import DispatchDomain
import Postgres
import TestKit
import Testing

@testable import DispatchService

@Suite(.timeLimit(.minutes(5))) struct HistoryTests {
  @Test(arguments: ["UPDATE case_history SET reason = 'x'", "DELETE FROM case_history", "TRUNCATE case_history"])
  func `history cannot be edited`(statement: String) async throws {
    try await withDispatch { dispatch in
      try await dispatch.fileCase(1)
      await #expect(throws: PostgresError.self) { try await dispatch.database.query("\(unsafeLiteral: statement)") }
      #expect(try await dispatch.find(1).history.count == 2)
    }
  }

  /// Every combination of fact and states: the database allows exactly what the lifecycle's table allows.
  @Test func `the database restates the table`() async throws {
    try await withDispatch { dispatch in
      let rows = try await dispatch.database.query(
        """
        SELECT kind::int, from_state::int, to_state::int FROM generate_series(0, 19) AS kind, generate_series(0, 10) AS from_state,
          generate_series(0, 10) AS to_state
        WHERE case_step_allowed(kind::smallint, from_state::smallint, to_state::smallint)
        """)
      let stored = Set(try rows.decode(Int32.self, Int32.self, Int32.self).map { [$0.0, $0.1, $0.2] })
      let table = TransitionTable.steps.map { [Int32($0.fact.rawValue), Int32($0.from.rawValue), Int32($0.to.rawValue)] }
      #expect(stored == Set(table))
      let first = try await dispatch.database.query(
        "SELECT n FROM generate_series(0, 19) AS n WHERE case_step_allowed(n::smallint, NULL, 1::smallint)")
      #expect(try first.column(Int32.self) == [1])
    }
  }

  @Test func `a version can't be written twice`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.fileCase(1)
      let fact = try HistoryStore.read(try await dispatch.database.query(HistoryStore.of(caseID(1), upTo: 2)))[1]
      await #expect(throws: PostgresError.self) { try await dispatch.database.query(HistoryStore.insert([(caseID(1), fact)])) }
    }
  }

  @Test func `what was written is what is read`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.fileCase(1)
      let database = dispatch.database
      let file = try #require(try CaseStore.read(try await database.query(CaseStore.find(id: caseID(1)))).first)
      var changed = file
      changed.deadline.pauses = [filedAt..<(filedAt + hours(2)), (filedAt + hours(3))..<(filedAt + hours(5))]
      changed.place.point = nil
      changed.clockStoppedAt = filedAt + hours(6)
      changed.clockResumedAt = filedAt + hours(7)
      changed.authority = "国家电网"
      try await database.query(CaseStore.update([changed]))
      #expect(try CaseStore.read(try await database.query(CaseStore.find(id: caseID(1)))) == [changed])
    }
  }

  @Test func `of very many reports that joined only the newest are shown, and every other fact`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.apply([filed(1)] + (0..<1_200).map { _ in linked(1) })
      let history = try await dispatch.find(1).history
      #expect(history.prefix(2).map(\.kind) == [.filed, .dispatched])
      #expect(history.count == 1_002 && history.last?.version == 1_202)
    }
  }
}
