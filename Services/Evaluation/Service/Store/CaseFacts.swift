internal import CityModel
internal import EvaluationDomain
internal import Postgres

/// Writing the projection of cases.
enum CaseFacts {
  /// Keeps the newest snapshot of each case: one statement, however many cases.
  static func upsert(_ records: [CaseRecord]) -> SQL {
    """
    INSERT INTO case_facts (case_id, version, number, external_ref, kind, channel, district, street, community, department, crew, outcome,
      filed_at, due_at, dispatched_at, handled_at, ended_at, urgent, overdue, supervised, duplicate, unplaced, returns, reworks, reopens)
    SELECT * FROM unnest(\(records.map(\.id)), \(records.map(\.version)), \(records.map(\.number)), \(records.map(\.externalRef)),
      \(records.map(\.kind)), \(records.map(\.channel)), \(records.map(\.district)), \(records.map(\.street)), \(records.map(\.community)),
      \(records.map(\.department)), \(records.map(\.crew)), \(records.map(\.outcome.rawValue)), \(records.map(\.filedAt)),
      \(records.map(\.dueAt)), \(records.map(\.dispatchedAt)), \(records.map(\.handledAt)), \(records.map(\.endedAt)),
      \(records.map(\.urgent)), \(records.map(\.overdue)), \(records.map(\.supervised)), \(records.map(\.duplicate)),
      \(records.map(\.unplaced)), \(records.map(\.returns)), \(records.map(\.reworks)), \(records.map(\.reopens)))
    ON CONFLICT (case_id) DO UPDATE SET version = excluded.version, number = excluded.number, external_ref = excluded.external_ref,
      kind = excluded.kind, channel = excluded.channel, district = excluded.district, street = excluded.street,
      community = excluded.community, department = excluded.department, crew = excluded.crew, outcome = excluded.outcome,
      filed_at = excluded.filed_at, due_at = excluded.due_at, dispatched_at = excluded.dispatched_at, handled_at = excluded.handled_at,
      ended_at = excluded.ended_at, urgent = excluded.urgent, overdue = excluded.overdue, supervised = excluded.supervised,
      duplicate = excluded.duplicate, unplaced = excluded.unplaced, returns = excluded.returns, reworks = excluded.reworks,
      reopens = excluded.reopens
    WHERE case_facts.version < excluded.version
    """
  }

  /// A reporter was asked (score nil) or answered. A later answer replaces an earlier one.
  static func answer(report: Identifier, case id: Identifier, score: Int16?) -> SQL {
    """
    INSERT INTO case_answers (report_id, case_id, score) VALUES (\(report), \(id), \(score as Int16?))
    ON CONFLICT (report_id) DO UPDATE SET case_id = excluded.case_id, score = coalesce(excluded.score, case_answers.score)
    """
  }

  /// Empties every projection.
  static let emptyAll: [SQL] = ["TRUNCATE case_facts, case_answers, report_facts"]
}
