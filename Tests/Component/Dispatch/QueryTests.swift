import CityModel
import CommonAPI
import DispatchAPI
import DispatchDomain
import IntakeAPI
import RPC
import TestKit
import Testing

@testable import DispatchService

@Suite(.timeLimit(.minutes(5))) struct QueryTests {
  @Test func `my open tasks: nearest deadline first, those without one last, page by page`() async throws {
    try await withDispatch { dispatch in
      let handler = dispatch.handler
      try await dispatch.apply(
        (1...25).map { number in
          filed(number) { filed in
            filed.dueAtUs = number % 5 == 0 ? nil : (filedAt + hours(Double(100 - number))).microseconds
            if number % 5 == 0 { filed.standard = nil }
            filed.ownerCrew = number % 2 == 0 ? "一班" : "二班"
          }
        })
      _ = try await handler.reportHandled(ReportHandledRequest(command: command(1, key: "h")), call(DispatchMethods.reportHandled))
      var (tasks, token) = ([DispatchAPI.Case](), "")
      repeat {
        let request = ListTasksRequest(department: "环卫", page: Page(size: 7, token: token))
        let page = try await handler.listTasks(request, call(DispatchMethods.listTasks))
        #expect(page.tasks.count <= 7)
        tasks += page.tasks
        token = page.nextPageToken
      } while !token.isEmpty
      #expect(Set(tasks.map(\.number)).count == 24 && tasks.count == 24, "what is handled is no task any more")
      let order = tasks.map { $0.dueAtUs ?? .max }
      #expect(order == order.sorted())
      let crew = try await handler.listTasks(ListTasksRequest(department: "环卫", crew: "一班"), call(DispatchMethods.listTasks))
      #expect(crew.tasks.count == 12 && crew.tasks.allSatisfy { $0.crew == "一班" })
      #expect(await status { _ = try await handler.listTasks(ListTasksRequest(), call(DispatchMethods.listTasks)) } == .invalidArgument)
    }
  }

  @Test func `listings by filters, the newest first, page by page`() async throws {
    try await withDispatch { dispatch in
      let handler = dispatch.handler
      try await dispatch.apply(
        (1...30).map { number in
          filed(number) { filed in
            filed.place?.streetCode = "S\(number % 3)"
            filed.unplaced = number % 10 == 0
            filed.kind = number % 2 == 0 ? "even" : "odd"
          }
        })
      func list(_ request: ListCasesRequest) async throws -> [String] {
        var (numbers, token, request) = ([String](), "", request)
        repeat {
          request.page = Page(size: 4, token: token)
          let page = try await handler.listCases(request, call(DispatchMethods.listCases))
          numbers += page.cases.map(\.number)
          token = page.nextPageToken
        } while !token.isEmpty
        return numbers
      }
      #expect(try await list(ListCasesRequest()) == (1...30).reversed().map(caseNumber))
      #expect(try await list(ListCasesRequest(streetCode: "S1")).count == 10)
      #expect(try await list(ListCasesRequest(streetCode: "S1", kind: "odd")).count == 5)
      #expect(try await list(ListCasesRequest(onlyUnplaced: true)) == [30, 20, 10].map(caseNumber))
      #expect(try await list(ListCasesRequest(states: [.dispatched], department: "环卫", districtCode: "D1")).count == 30)
      #expect(try await list(ListCasesRequest(states: [.closed])).isEmpty)
      #expect(try await list(ListCasesRequest(filedFromUs: (filedAt + .seconds(1)).microseconds)).isEmpty)
      #expect(try await list(ListCasesRequest(onlyOverdue: true)).isEmpty)
      // A crew without its department, and what no code is.
      for odd in [ListCasesRequest(page: Page(token: "not ours")), ListCasesRequest(crew: "一班"), ListCasesRequest(kind: "a\0")] {
        #expect(await status { _ = try await handler.listCases(odd, call(DispatchMethods.listCases)) } == .invalidArgument)
      }
      let ref = GetCaseRequest(externalRef: "a\0")
      #expect(await status { _ = try await handler.getCase(ref, call(DispatchMethods.getCase)) } == .invalidArgument)
    }
  }
}
