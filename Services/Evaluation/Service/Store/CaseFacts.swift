internal import CityModel
internal import EvaluationDomain
internal import Postgres

/// Writing the projection of cases.
enum CaseFacts {
  private static let columns: SQL = """
    version, number, external_ref, kind, channel, district, street, community, department, crew, outcome, filed_at, due_at, dispatched_at,
    handled_at, ended_at, urgent, overdue, supervised, duplicate, unplaced, returns, reworks, reopens, check_required
    """

  /// Keeps the newest snapshot of each case: one statement, however many cases.
  static func upsert(_ records: [CaseRecord], into generation: Generation) -> SQL {
    """
    INSERT INTO case_facts (generation, case_id, \(fragment: columns))
    SELECT \(fragment: generation.sql), snapshot.* FROM unnest(\(records.map(\.id)), \(records.map(\.version)), \(records.map(\.number)),
      \(records.map(\.externalRef)), \(records.map(\.kind)), \(records.map(\.channel)), \(records.map(\.district)),
      \(records.map(\.street)), \(records.map(\.community)), \(records.map(\.department)), \(records.map(\.crew)),
      \(records.map(\.outcome.rawValue)), \(records.map(\.filedAt)), \(records.map(\.dueAt)), \(records.map(\.dispatchedAt)),
      \(records.map(\.handledAt)), \(records.map(\.endedAt)), \(records.map(\.urgent)), \(records.map(\.overdue)),
      \(records.map(\.supervised)), \(records.map(\.duplicate)), \(records.map(\.unplaced)), \(records.map(\.returns)),
      \(records.map(\.reworks)), \(records.map(\.reopens)), \(records.map(\.checkRequired))) AS snapshot
    ON CONFLICT (generation, case_id) DO UPDATE SET (\(fragment: columns)) = (
      excluded.version, excluded.number, excluded.external_ref, excluded.kind, excluded.channel, excluded.district, excluded.street,
      excluded.community, excluded.department, excluded.crew, excluded.outcome, excluded.filed_at, excluded.due_at,
      excluded.dispatched_at, excluded.handled_at, excluded.ended_at, excluded.urgent, excluded.overdue, excluded.supervised,
      excluded.duplicate, excluded.unplaced, excluded.returns, excluded.reworks, excluded.reopens, excluded.check_required)
    WHERE case_facts.version < excluded.version
    """
  }

  static func add(_ steps: [CaseStep], into generation: Generation) -> SQL {
    """
    INSERT INTO case_steps (generation, case_id, version, step, at)
    SELECT \(fragment: generation.sql), step.* FROM unnest(\(steps.map(\.caseID)), \(steps.map(\.version)),
      \(steps.map(\.kind.rawValue)), \(steps.map(\.at))) AS step
    ON CONFLICT DO NOTHING
    """
  }

  /// A reporter was asked (score nil) or answered. A later answer replaces an earlier one.
  static func answer(report: Identifier, case id: Identifier, score: Int16?, into generation: Generation) -> SQL {
    """
    INSERT INTO case_answers (generation, report_id, case_id, score)
    VALUES (\(fragment: generation.sql), \(report), \(id), \(score as Int16?))
    ON CONFLICT (generation, report_id) DO UPDATE
    SET case_id = excluded.case_id, score = coalesce(excluded.score, case_answers.score)
    """
  }
}
