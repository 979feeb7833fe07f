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
      #expect(try await count() == 5)
      // Behind the log's back: nobody is told, nobody looks.
      _ = try await dispatch.database.query(
        "UPDATE cases SET state = \(DispatchDomain.CaseState.returned.rawValue) WHERE id = \(caseID(1))")
      #expect(try await count([.returned]) == 0)
      let cancel = CancelCaseRequest(command: command(2, key: "c", reason: "误报"))
      _ = try await dispatch.handler.cancelCase(cancel, call(DispatchMethods.cancelCase))
      // The bell comes over a connection of its own; without it this never ends.
      while try await count() == 5 {}
      #expect(try await count() == 4)
      #expect(try await count([.returned]) == 0, "only what the log named was read again")
    }
  }
}
