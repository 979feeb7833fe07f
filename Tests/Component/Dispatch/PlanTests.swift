import CityModel
import DispatchAPI
import DispatchDomain
import Postgres
import TestKit
import Testing

@testable import DispatchService

/// How the database goes about the hot queries, at 200,000 cases of which one in twenty is open.
@Suite(.timeLimit(.minutes(5))) struct PlanTests {
  @Test func `the plans of all that is asked often use their indexes: hot queries, every listing, words, overview, map`() async throws {
    try await withDispatch { dispatch in
      try await Self.fill(dispatch.database)
      try await Self.hotQueries(dispatch.database)
      try await Self.everyListing(dispatch.database)
      try await Self.wordsOverviewAndMap(dispatch.database)
    }
  }

  /// At 200,000 cases, most of them closed, the plans are index ranges in the right order: no sort, no scan of the table.
  private static func hotQueries(_ database: Database) async throws {
    func plan(_ statement: SQL) async throws -> String { try await Self.plan(statement, database) }
    let key = CaseQueries.Key(order: (filedAt - hours(24 * 100)).microseconds, id: caseID(5))
    let plans: [(SQL, String)] = [
      (CaseQueries.tasks(department: "d3", crew: "", after: nil, limit: 101), "cases_tasks_of_department"),
      (CaseQueries.tasks(department: "d3", crew: "", after: key, limit: 101), "cases_tasks_of_department"),
      (CaseQueries.tasks(department: "d3", crew: "c1", after: nil, limit: 101), "cases_tasks_of_crew"),
      (CaseStore.claimOverdue(before: filedAt - hours(1), limit: 256), "cases_overdue_at"),
      (CaseStore.nextOverdue, "cases_overdue_at"),
      (HistoryStore.of(caseID(1), upTo: 9), "case_history_pkey"),
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

  /// Every single condition and every two together, in every order that takes them: along the index that was chosen for it, in its order,
  /// stopping at the limit. Nothing that is offered scans or sorts the cases.
  private static func everyListing(_ database: Database) async throws {
    for sort in CaseFilter.Sort.allCases {
      for first in conditions.indices {
        for second in first..<conditions.count {
          var filter = CaseFilter(sort: sort)
          conditions[first](&filter)
          conditions[second](&filter)
          if sort == .due, filter.onlyEnded || !filter.states.allSatisfy(\.isOpen) { continue }
          if sort == .ended || filter.onlyEnded, !filter.states.allSatisfy({ !$0.isOpen }) { continue }
          try await expectPath(filter, database)
        }
      }
    }
  }

  private static func expectPath(_ filter: CaseFilter, _ database: Database) async throws {
    let order = filter.sort == .due ? filedAt.microseconds : (filedAt - hours(24 * 50)).microseconds
    let key = CaseQueries.Key(order: order, id: caseID(5))
    let index = CasePath(for: filter).index
    for key in [nil, key] {
      let text = try await plan(CaseQueries.list(filter, after: key, limit: 101), database, after: CaseQueries.inOrder)
      #expect(text.contains("using \(index) ") && !text.contains("Seq Scan") && !text.contains("Sort"), "\(filter)\n\(text)")
    }
    let horizon = try await plan(CaseQueries.horizon(filter, after: key), database, after: CaseQueries.inOrder)
    #expect(!horizon.contains("Seq Scan") && !horizon.contains("Sort"), "\(filter)\n\(horizon)")
  }

  private static let conditions: [@Sendable (inout CaseFilter) -> Void] = [
    { _ in }, { $0.states = [.handling] }, { $0.states = CaseState.open }, { $0.states = [.closed, .referred] },
    { $0.departments = ["d3"] }, { $0.departments = ["d3", "d4"] }, { $0.district = "d3" }, { $0.street = "s3" }, { $0.kinds = ["k3"] },
    { $0.kinds = ["k3", "k4"] }, { $0.channel = 3 }, { $0.onlyOverdue = true }, { $0.onlyUnplaced = true }, { $0.onlyUrgent = true },
    { $0.onlySupervised = true }, { $0.filedFrom = filedAt - hours(24 * 100) }, { $0.filedBefore = filedAt - hours(24) },
    { $0.dueBefore = filedAt }, { $0.closedFrom = filedAt - hours(24 * 50) }, { $0.closedBefore = filedAt - hours(24) },
    { $0.terms = SearchWords.terms(of: "垃圾 main") },
  ]

  private static func wordsOverviewAndMap(_ database: Database) async throws {
    let words = SearchWords.terms(of: "rare17")
    for statement in [CaseQueries.countFound(words), CaseQueries.listFound(CaseFilter(terms: words), after: nil, limit: 101)] {
      let text = try await plan(statement, database, after: CaseQueries.byWords)
      #expect(text.contains("case_search_words") && !text.contains("Seq Scan"), "\(text)")
    }
    let key = CaseQueries.Key(order: filedAt.microseconds, id: caseID(5))
    let page = try await plan(OpenCaseStore.page(after: key, limit: 10_000), database, after: CaseQueries.inOrder)
    #expect(page.contains("using cases_due ") && !page.contains("Sort"), "\(page)")
    let day = [filedAt - hours(24)]
    for statement in [OverviewStore.filed(day, before: filedAt), OverviewStore.closed(day, before: filedAt)] {
      let text = try await plan(statement, database)
      #expect(!text.contains("Seq Scan"), "\(text)")
    }
  }

  private static func plan(_ statement: SQL, _ database: Database, after setting: SQL? = nil) async throws -> String {
    let explain: SQL = "EXPLAIN \(fragment: statement)"
    let rows = try await database.atomically([setting, explain].compactMap(\.self))
    return try rows[rows.count - 1].column(String.self).joined(separator: "\n")
  }

  /// In parts, so that a busy machine keeps within the statement's time.
  private static func fill(_ database: Database) async throws {
    for part in 0..<16 {
      let (first, last) = (part * 12_500 + 1, (part + 1) * 12_500)
      try await database.query(manyCases(first, to: last))
      try await database.query(
        """
        INSERT INTO case_search SELECT id, array_to_tsvector(ARRAY['垃圾', 'main', 'rare' || number::integer % 5000]) FROM cases
        WHERE filed_at BETWEEN \(filedAt) - \(last) * interval '1 minute' AND \(filedAt) - \(first) * interval '1 minute'
        """)
    }
    for table in ["cases", "case_search"] { try await database.query("VACUUM ANALYZE \(identifier: table)") }
  }

  /// One in twenty is open.
  private static func manyCases(_ first: Int, to last: Int) -> SQL {
    """
    INSERT INTO cases (id, number, channel, kind, kind_name, kind_name_en, body, longitude, latitude, address,
      district_code, street_code, community_code, unplaced, urgent, filed_at, standard_id, standard_version, check_required,
      external_ref, version, state, state_since, department, crew, authority,
      due_origin, due_at, due_order, due_zh, due_en, clock_start, clock_pauses, calendar_version, overdue_at, overdue, supervised,
      supervised_by_rule, dispatched_at, handled_at, ended_at, report_count, reopen_count,
      rework_count, return_count, dispatch_due_at)
    SELECT gen_random_uuid(), n::text, 1, 'k' || n % 40, '', '', '', 116, 39, '', 'd' || n % 16, 's' || n % 100,
      '', n % 500 = 0, n % 300 = 0, filed, 'std', '1', false,
      'r' || n, 4, CASE WHEN n % 20 = 0 THEN 2 ELSE 7 END, filed, 'd' || n / 20 % 5, 'c' || n / 100 % 2, '', 1, due,
      (extract(epoch FROM due) * 1000000)::bigint, '', '', filed, '{}', '', CASE WHEN n % 20 = 0 AND n % 100 <> 0 THEN due END,
      n % 100 = 0, n % 100 = 0, n % 100 = 0,
      filed, CASE WHEN n % 20 = 0 THEN NULL ELSE due END, CASE WHEN n % 20 = 0 THEN NULL ELSE due END, 1, 0, 0, 0, filed
    FROM generate_series(\(first), \(last)) AS n, LATERAL (SELECT \(filedAt) - n * interval '1 minute' AS filed) AS f,
      LATERAL (SELECT filed + interval '3 days' AS due) AS d
    """
  }
}
