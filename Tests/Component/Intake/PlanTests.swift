import IntakeDomain
import Postgres
import TestKit
import Testing

@testable import IntakeService

/// How the database goes about lists of reports, at 50,000 of which one in a hundred was turned down.
@Suite(.timeLimit(.minutes(5))) struct PlanTests {
  @Test(arguments: [[ReportState.rejected], [.notFiled], [.rejected, .notFiled]])
  func theFewThatWereTurnedDownAreFoundByTheirIndex(states: [ReportState]) async throws {
    try await withIntake { intake in
      try await Self.fill(intake.database)
      for district in ["", "D1"] {
        let plan = try await Self.plan(ReportStore.list(ReportFilter(states: states, district: district)), intake.database)
        #expect(plan.contains("using reports_turned_down on reports") && !plan.contains("Seq Scan on reports"), "\(plan)")
      }
    }
  }

  private static func fill(_ database: Database) async throws {
    try await database.query(
      """
      INSERT INTO reports (id, state, channel, kind, kind_version, text, address, district_code, street_code, community_code, case_id,
        duplicate_reason, duplicate_reason_en, reason, reason_en, external_ref, owner_department, owner_crew, urgent, occurred_at,
        recorded_at)
      SELECT lpad(to_hex(n), 32, '0')::uuid, state, 1, 'k', '1', repeat('x', 60), '', 'D' || n % 5, '', '',
        CASE WHEN state = 1 THEN gen_random_uuid() END, '', '', 'r', '', '', '', '', false, now(), now()
      FROM generate_series(1, 50000) n
      CROSS JOIN LATERAL (SELECT (CASE WHEN n % 200 = 0 THEN 3 WHEN n % 200 = 100 THEN 4 ELSE 1 END)::smallint AS state) AS s
      """)
    try await database.query("ANALYZE reports")
  }

  private static func plan(_ statement: SQL, _ database: Database) async throws -> String {
    try await database.query("EXPLAIN (COSTS OFF) \(fragment: statement)").column(String.self).joined(separator: "\n")
  }
}
