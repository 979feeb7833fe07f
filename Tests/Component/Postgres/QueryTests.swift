import CityModel
import Postgres
import Reactor
import TestKit
import Testing

@Suite(.timeLimit(.minutes(5)))
struct QueryTests {
  @Test func `a statement answers with typed columns`() async throws {
    try await withDatabase { test in
      let rows = try await test.database.query("SELECT \(41) + 1, \("城运")::text, NULL::bigint, true")
      let (number, text, nothing, flag) = try rows[0].decode(Int.self, String.self, Int64?.self, Bool.self)
      #expect(number == 42)
      #expect(text == "城运")
      #expect(nothing == nil)
      #expect(flag)
    }
  }

  @Test func `an error in one of many concurrent statements hurts no other`() async throws {
    try await withDatabase { test in
      let database = test.database
      let outcomes = await withTaskGroup(of: (Int, Swift.Result<Int, PostgresError>).self) { group in
        for number in 0..<200 {
          group.addTask {
            do {
              let rows = try await database.query("SELECT 100 / \(number % 10)::int")
              return (number, .success(try rows[0][0, Int.self]))
            } catch {
              return (number, .failure(error as! PostgresError))
            }
          }
        }
        return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
      }
      for number in 0..<200 {
        switch outcomes[number]! {
        case .success(let value): #expect(number % 10 != 0 && value == 100 / (number % 10))
        case .failure(let error): #expect(number % 10 == 0 && error.sqlState?.rawValue == "22012")
        }
      }
    }
  }
}
