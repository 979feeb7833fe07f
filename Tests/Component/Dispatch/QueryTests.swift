import CityModel
import CommonAPI
import DispatchAPI
import DispatchDomain
import IntakeAPI
import Postgres
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

  /// At 200,000 cases, most of them closed, the plans are index ranges in the right order: no sort, no scan of the table.
  @Test func `the plans of the hot queries use their indexes`() async throws {
    try await withDispatch { dispatch in
      let database = dispatch.database
      // Parts, so that a busy machine keeps within the statement's time.
      for part in 0..<8 { try await database.query(Self.manyCases(part * 25_000 + 1, to: (part + 1) * 25_000)) }
      try await database.query("ANALYZE cases")
      func plan(_ statement: SQL) async throws -> String {
        try await database.query("EXPLAIN \(fragment: statement)").column(String.self).joined(separator: "\n")
      }
      let key = CaseQueries.Key(order: (filedAt - hours(24 * 100)).microseconds, id: caseID(5))
      let plans: [(SQL, String)] = [
        (CaseQueries.tasks(department: "d3", crew: "", after: nil, limit: 101), "cases_tasks_of_department"),
        (CaseQueries.tasks(department: "d3", crew: "", after: key, limit: 101), "cases_tasks_of_department"),
        (CaseQueries.tasks(department: "d3", crew: "c1", after: nil, limit: 101), "cases_tasks_of_crew"),
        (CaseStore.claimOverdue(before: filedAt - hours(1), limit: 256), "cases_overdue_at"),
        (CaseStore.nextOverdue, "cases_overdue_at"),
        (HistoryStore.of(caseID(1), upTo: 9), "case_history_pkey"),
        (CaseQueries.list(CaseFilter(street: "s3"), after: key, limit: 101), "cases_filed_by_street"),
        (CaseQueries.list(CaseFilter(department: "d3"), after: nil, limit: 101), "cases_filed"),
        (CaseQueries.list(CaseFilter(onlyOverdue: true), after: nil, limit: 101), "cases_filed"),
      ]
      #expect(try await plan(CaseStore.find(externalRef: "r77")).contains("using cases_external_ref"))
      let recount = try await plan(CaseStore.claimCountedOtherwise(than: "2017", limit: 256))
      #expect(recount.contains("cases_counted") && !recount.contains("Seq Scan"), "\(recount)")
      for (statement, index) in plans {
        let text = try await plan(statement)
        #expect(text.contains("using \(index)"), "\(statement)\n\(text)")
        #expect(!text.contains("Seq Scan") && !text.contains("Sort"), "\(statement)\n\(text)")
      }
    }
  }

  /// One in twenty is open.
  private static func manyCases(_ first: Int, to last: Int) -> SQL {
    """
    INSERT INTO cases (id, number, channel, kind, kind_name, kind_name_en, body, address, district_code, street_code,
      community_code, unplaced, urgent, filed_at, standard_id, standard_version, check_required, external_ref, version, state,
      state_since, department, crew, authority, due_origin, due_at, due_order, due_zh, due_en, clock_start, clock_pauses,
      calendar_version, overdue_at, overdue, supervised,
      supervised_by_rule, dispatched_at, handled_at, ended_at, report_count, reopen_count,
      rework_count, return_count, dispatch_due_at)
    SELECT gen_random_uuid(), n::text, 1, 'k' || n % 40, '', '', '', '', 'd' || n % 16, 's' || n % 100,
      '', false, false, filed, 'std', '1', false,
      'r' || n, 4, CASE WHEN n % 20 = 0 THEN 2 ELSE 7 END, filed, 'd' || n / 20 % 5, 'c' || n / 100 % 2, '', 1, due,
      (extract(epoch FROM due) * 1000000)::bigint, '', '', filed, '{}', '', CASE WHEN n % 20 = 0 AND n % 100 <> 0 THEN due END,
      n % 100 = 0, n % 100 = 0, n % 100 = 0,
      filed, CASE WHEN n % 20 = 0 THEN NULL ELSE due END, CASE WHEN n % 20 = 0 THEN NULL ELSE due END, 1, 0, 0, 0, filed
    FROM generate_series(\(first), \(last)) AS n, LATERAL (SELECT \(filedAt) - n * interval '1 minute' AS filed) AS f,
      LATERAL (SELECT filed + interval '3 days' AS due) AS d
    """
  }
}
