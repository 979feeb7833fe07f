internal import CityModel
internal import FeedbackDomain
internal import NodeKit
internal import Postgres

/// A report as feedback keeps it.
struct ReportRecord: Sendable, Hashable {
  var id: Identifier
  var caseID: Identifier?
  var number: String
  var sealedName: [UInt8]
  var sealedPhone: [UInt8]
  var receivedAt: Instant
  var district: String
  var first: MilestoneKind
  var text: MilestoneText
}

/// A report that left a case for one of its own.
struct SeparatedReport: Sendable, Hashable {
  var report: Identifier
  var from: Identifier
  var to: Identifier
  /// Of the new case.
  var number: String
  var at: Instant
}

/// A report that was turned down after it had been taken in.
struct RejectedReport: Sendable, Hashable {
  var report: Identifier
  /// Nil when it had no case.
  var from: Identifier?
  var reason: String
  var at: Instant
}

/// A report whose place a person found out.
struct PlacedReport: Sendable, Hashable {
  var report: Identifier
  var district: String
}

/// Writing what reporters are told. All statements take many at once; the caller runs them in this order in one transaction.
enum ReporterStore {
  /// Locks the cases, in the order of their ids, and makes those that are new. Reports and steps of one case meet under this lock,
  /// so that neither log can run past the other unseen.
  static func lockCases(_ ids: [Identifier]) -> SQL {
    """
    INSERT INTO cases (case_id) SELECT id FROM unnest(\(Set(ids).sorted())) AS c (id) ORDER BY id
    ON CONFLICT (case_id) DO UPDATE SET case_id = excluded.case_id
    """
  }

  static func insertReports(_ reports: [ReportRecord], _ tokens: TrackingTokens) -> [SQL] {
    [
      """
      INSERT INTO reports (report_id, case_id, number, sealed_name, sealed_phone, received_at, token_digest, district_code)
      SELECT * FROM unnest(\(reports.map(\.id)), \(reports.map(\.caseID)), \(reports.map(\.number)), \(reports.map(\.sealedName)),
        \(reports.map(\.sealedPhone)), \(reports.map(\.receivedAt)), \(reports.map { tokens.digest(for: $0.id) }),
        \(reports.map(\.district)))
      ON CONFLICT (report_id) DO NOTHING
      """,
      """
      INSERT INTO milestones (report_id, sequence, kind, text_zh, text_en, occurred_at)
      SELECT id, 1, kind, zh, en, at FROM unnest(\(reports.map(\.id)), \(reports.map(\.first.rawValue)), \(reports.map(\.text.chinese)),
        \(reports.map(\.text.english)), \(reports.map(\.receivedAt))) AS m (id, kind, zh, en, at)
      ON CONFLICT (report_id, sequence) DO NOTHING
      """,
    ]
  }

  /// What happened to the reports' cases before the reports came: only steps not told yet.
  static func catchUp(_ reports: [Identifier]) -> [SQL] {
    [
      """
      INSERT INTO milestones (report_id, sequence, kind, text_zh, text_en, occurred_at, case_id, case_version)
      SELECT r.report_id, known.last + row_number() OVER (PARTITION BY r.report_id ORDER BY s.version), s.kind, s.text_zh, s.text_en,
        s.occurred_at, r.case_id, s.version
      FROM reports r
      JOIN case_steps s USING (case_id)
      CROSS JOIN LATERAL (
        SELECT max(sequence) AS last, coalesce(max(case_version) FILTER (WHERE m.case_id = r.case_id), 0) AS version
        FROM milestones m WHERE m.report_id = r.report_id
      ) known
      WHERE r.report_id = ANY (\(reports)) AND s.version > known.version
      """,
      askReporters(where: "r.report_id = ANY (\(reports))"),
    ]
  }

  /// Reports that belong to cases of their own from now on, and are told so. What is delivered again moves and tells nothing.
  static func separate(_ reports: [SeparatedReport]) -> SQL {
    let texts = reports.map { MilestoneText(.separated, number: $0.number) }
    return """
      WITH moved AS (
        UPDATE reports r SET case_id = n.case_id, number = n.number
        FROM unnest(\(reports.map(\.report)), \(reports.map(\.to)), \(reports.map(\.number)), \(texts.map(\.chinese)),
          \(texts.map(\.english)), \(reports.map(\.at))) AS n (report_id, case_id, number, zh, en, at)
        WHERE r.report_id = n.report_id AND r.case_id IS DISTINCT FROM n.case_id
        RETURNING r.report_id, n.zh, n.en, n.at
      )
      INSERT INTO milestones (report_id, sequence, kind, text_zh, text_en, occurred_at)
      SELECT report_id, (SELECT max(sequence) + 1 FROM milestones m WHERE m.report_id = moved.report_id),
        \(MilestoneKind.separated.rawValue), zh, en, at
      FROM moved
      """
  }

  /// Reports that were turned down: told why, once, and no longer told or asked about the case.
  static func reject(_ reports: [RejectedReport]) -> SQL {
    let texts = reports.map { MilestoneText(.rejected, number: "", reason: Words($0.reason, "")) }
    return """
      WITH gone AS (
        UPDATE reports r SET case_id = NULL
        FROM unnest(\(reports.map(\.report)), \(texts.map(\.chinese)), \(texts.map(\.english)), \(reports.map(\.at)))
          AS n (report_id, zh, en, at)
        WHERE r.report_id = n.report_id
        RETURNING r.report_id, n.zh, n.en, n.at
      )
      INSERT INTO milestones (report_id, sequence, kind, text_zh, text_en, occurred_at)
      SELECT report_id, (SELECT max(sequence) + 1 FROM milestones m WHERE m.report_id = gone.report_id),
        \(MilestoneKind.rejected.rawValue), zh, en, at
      FROM gone
      WHERE NOT EXISTS (
        SELECT 1 FROM milestones m WHERE m.report_id = gone.report_id AND m.kind = \(MilestoneKind.rejected.rawValue))
      """
  }

  static func place(_ reports: [PlacedReport]) -> SQL {
    """
    UPDATE reports SET district_code = placed.district_code
    FROM unnest(\(reports.map(\.report)), \(reports.map(\.district))) AS placed (report_id, district_code)
    WHERE reports.report_id = placed.report_id
    """
  }

  /// Each closing that is a case's newest step asks each of its reporters once.
  static func askReporters(where condition: SQL) -> SQL {
    """
    INSERT INTO follow_ups (report_id, case_id, case_version, department, asked_at)
    SELECT r.report_id, r.case_id, s.version, s.department, s.occurred_at
    FROM reports r
    CROSS JOIN LATERAL (
      SELECT version, kind, department, occurred_at FROM case_steps n WHERE n.case_id = r.case_id ORDER BY version DESC LIMIT 1
    ) s
    WHERE \(fragment: condition) AND s.kind = \(MilestoneKind.closed.rawValue)
    ON CONFLICT (report_id, case_id, case_version) DO NOTHING
    RETURNING report_id, case_id, department, asked_at, (SELECT number FROM reports n WHERE n.report_id = follow_ups.report_id)
    """
  }
}
