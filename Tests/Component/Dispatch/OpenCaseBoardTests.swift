import CityModel
import DispatchAPI
import DispatchDomain
import Postgres
import RPC
import Reactor
import TestKit
import Testing

@testable import DispatchService

@Suite(.timeLimit(.minutes(2))) struct OpenCaseBoardTests {
  @Test func `it stays in memory until the log's bell rings, whoever rings it`() async throws {
    try await withDispatch { dispatch in
      try await dispatch.apply((1...5).map { filed($0) })
      let board = OpenCaseBoard(database: dispatch.database, clock: dispatch.clock, maxAge: .seconds(3_600), logger: TestLog.silent)
      func count(_ states: [DispatchDomain.CaseState] = []) async throws -> Int {
        try await board.view { $0.count(OpenCaseFilter(states: states)) }.1
      }
      func cancel(_ number: Int) async throws {
        let cancel = CancelCaseRequest(command: command(number, key: "c\(number)", reason: "误报"))
        _ = try await dispatch.handler.cancelCase(cancel, call(DispatchMethods.cancelCase))
      }
      #expect(try await count() == 5)
      // As long as another test's transaction is open, the filings are told of again at each look.
      let held: SQL = "SELECT count(*) FROM events WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())"
      while try await dispatch.database.query(held)[0][0, Int64.self] > 0 {}
      // The bell comes over a connection of its own; without it this never ends.
      try await cancel(5)
      while try await count() == 5 {}
      // Behind the log's back: nobody is told, nobody looks.
      _ = try await dispatch.database.query(
        "UPDATE cases SET state = \(DispatchDomain.CaseState.returned.rawValue) WHERE id = \(caseID(1))")
      #expect(try await count([.returned]) == 0)
      try await cancel(2)
      while try await count() == 4 {}
      #expect(try await count() == 3)
      #expect(try await count([.returned]) == 0, "only what the log named was read again")
    }
  }
}
