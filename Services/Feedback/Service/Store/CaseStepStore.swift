internal import CityModel
internal import FeedbackDomain
internal import Postgres

/// Writing public steps of cases and telling them to every reporter. After `ReporterStore.lockCases`.
enum CaseStepStore {
  static func insert(_ steps: [CaseStep]) -> [SQL] {
    let texts = steps.map(\.text)
    let newest = Dictionary(steps.map { ($0.caseID, $0) }) { $0.version > $1.version ? $0 : $1 }.values
    return [
      """
      INSERT INTO case_steps (case_id, version, kind, text_zh, text_en, department, occurred_at)
      SELECT * FROM unnest(\(steps.map(\.caseID)), \(steps.map(\.version)), \(steps.map(\.kind.rawValue)), \(texts.map(\.chinese)),
        \(texts.map(\.english)), \(steps.map(\.department)), \(steps.map(\.occurredAt)))
      ON CONFLICT (case_id, version) DO NOTHING
      """,
      """
      INSERT INTO milestones (report_id, sequence, kind, text_zh, text_en, occurred_at, case_id, case_version)
      SELECT r.report_id, known.last + row_number() OVER (PARTITION BY r.report_id ORDER BY s.version), s.kind, s.zh, s.en, s.at,
        r.case_id, s.version
      FROM unnest(\(steps.map(\.caseID)), \(steps.map(\.version)), \(steps.map(\.kind.rawValue)), \(texts.map(\.chinese)),
        \(texts.map(\.english)), \(steps.map(\.occurredAt))) AS s (case_id, version, kind, zh, en, at)
      JOIN reports r USING (case_id)
      CROSS JOIN LATERAL (
        SELECT max(sequence) AS last, coalesce(max(case_version) FILTER (WHERE m.case_id = r.case_id), 0) AS version
        FROM milestones m WHERE m.report_id = r.report_id
      ) known
      WHERE s.version > known.version
      """,
      ReporterStore.askReporters(where: "r.case_id = ANY (\(newest.filter { $0.kind == .closed }.map(\.caseID)))"),
    ]
  }
}
