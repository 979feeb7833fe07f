internal import CityModel
internal import FeedbackDomain
internal import Postgres

/// A report as feedback keeps it.
struct ReportRecord: Sendable, Hashable {
  var id: Identifier
  var caseID: Identifier?
  var number: String
  var sealedName: [UInt8]
  var sealedPhone: [UInt8]
  var receivedAt: Instant
  var first: MilestoneKind
  var text: MilestoneText
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

  static func insertReports(_ reports: [ReportRecord]) -> [SQL] {
    [
      """
      INSERT INTO reports (report_id, case_id, number, sealed_name, sealed_phone, received_at)
      SELECT * FROM unnest(\(reports.map(\.id)), \(reports.map(\.caseID)), \(reports.map(\.number)), \(reports.map(\.sealedName)),
        \(reports.map(\.sealedPhone)), \(reports.map(\.receivedAt)))
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

  /// A milestone about the report alone, after those that it has.
  static func tell(_ report: Identifier, _ kind: MilestoneKind, _ text: MilestoneText, at instant: Instant) -> SQL {
    """
    INSERT INTO milestones (report_id, sequence, kind, text_zh, text_en, occurred_at)
    SELECT \(report), max(sequence) + 1, \(kind.rawValue), \(text.chinese), \(text.english), \(instant)
    FROM milestones WHERE report_id = \(report) HAVING max(sequence) IS NOT NULL
    """
  }

  /// The report belongs to another case from now on.
  static func move(_ report: Identifier, to id: Identifier, number: String) -> SQL {
    "UPDATE reports SET case_id = \(id), number = \(number) WHERE report_id = \(report)"
  }

  /// Each closing that is a case's newest step asks each of its reporters once.
  static func askReporters(where condition: SQL) -> SQL {
    """
    INSERT INTO follow_ups (report_id, case_id, case_version, department, asked_at)
    SELECT r.report_id, r.case_id, s.version, s.department, s.occurred_at
    FROM reports r
    JOIN case_steps s USING (case_id)
    WHERE \(fragment: condition) AND s.kind = \(MilestoneKind.closed.rawValue)
      AND s.version = (SELECT max(version) FROM case_steps l WHERE l.case_id = r.case_id)
    ON CONFLICT (report_id, case_id, case_version) DO NOTHING
    RETURNING report_id, case_id, department, asked_at, (SELECT number FROM reports n WHERE n.report_id = follow_ups.report_id)
    """
  }
}
