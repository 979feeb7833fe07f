internal import CityModel
internal import DispatchDomain
internal import Postgres

/// The table `case_history`: facts are appended and read, nothing else.
enum HistoryStore {
  /// Many facts in one statement.
  static func insert(_ entries: [(caseID: Identifier, fact: Fact)]) -> SQL {
    let facts = entries.map(\.fact)
    return """
      INSERT INTO case_history (case_id, \(unsafeLiteral: columns))
      SELECT case_id, version, kind, from_state, to_state, actor_id, actor_role, actor_name, reason, reason_en, occurred_at, recorded_at,
        out_of_order, department, crew, authority, string_to_array(evidence, E'\\x1f'), rule, matrix_version, matched,
        string_to_array(alternatives, E'\\x1f'), due_origin, due_at, due_zh, due_en, due_origin IS NOT NULL
      FROM unnest(\(entries.map(\.caseID)), \(fragment: steps(facts)), \(fragment: contents(facts)))
        AS new (case_id, version, kind, from_state, to_state, actor_id, actor_role, actor_name, reason, reason_en, occurred_at, recorded_at,
          out_of_order, department, crew, authority, evidence, rule, matrix_version, matched, alternatives, due_origin, due_at, due_zh,
          due_en)
      """
  }

  private static func steps(_ facts: [Fact]) -> SQL {
    """
    \(facts.map(\.version)), \(facts.map(\.kind)), \(facts.map(\.from)), \(facts.map(\.to)), \(facts.map(\.actor.id)),
    \(facts.map(\.actor.role.rawValue)), \(facts.map(\.actor.name)), \(facts.map(\.reason)), \(facts.map(\.reasonEnglish)),
    \(facts.map(\.occurredAt)), \(facts.map(\.recordedAt)), \(facts.map(\.outOfOrder))
    """
  }

  private static func contents(_ facts: [Fact]) -> SQL {
    let reasons = facts.map(\.dispatchReason)
    return """
      \(facts.map(\.department)), \(facts.map(\.crew)), \(facts.map(\.authority)), \(facts.map { StoredList.text($0.evidence) }),
      \(reasons.map { $0?.rule }), \(reasons.map { $0?.matrixVersion ?? "" }), \(reasons.map { $0?.matched?.stored }),
      \(reasons.map { StoredList.text($0?.alternatives.map(\.stored) ?? []) }), \(facts.map { $0.deadline?.origin }),
      \(facts.map { $0.deadline?.due }), \(facts.map { $0.deadline?.words.chinese ?? "" }),
      \(facts.map { $0.deadline?.words.english ?? "" })
      """
  }

  /// Of reports that joined, only those among so many newest facts are shown: 1,000. A mass incident may have tens of thousands.
  static let joinsShown: Int32 = 1_000

  /// A case's history up to a version, in order.
  static func of(_ caseID: Identifier, upTo version: Int32) -> SQL {
    """
    SELECT \(unsafeLiteral: columns) FROM case_history WHERE case_id = \(caseID) AND version <= \(version)
      AND (kind <> \(FactKind.reportLinked) OR version > \(version - joinsShown))
    ORDER BY version
    """
  }

  private static let columns = """
    version, kind, from_state, to_state, actor_id, actor_role, actor_name, reason, reason_en, occurred_at, recorded_at, out_of_order, \
    department, crew, authority, evidence, rule, matrix_version, matched, alternatives, due_origin, due_at, due_zh, due_en, sets_deadline
    """

  static func read(_ rows: Rows) throws -> [Fact] { try rows.map { row in try read(row) } }

  private static func read(_ row: Row) throws(PostgresError) -> Fact {
    var reader = RowReader(row)
    var fact = Fact(
      version: try reader.next(), kind: try reader.next(), from: try reader.next(), to: try reader.next(),
      actor: try readActor(&reader), reason: try reader.next(), reasonEnglish: try reader.next(), occurredAt: try reader.next(),
      recordedAt: try reader.next(), outOfOrder: try reader.next(), department: try reader.next(), crew: try reader.next(),
      authority: try reader.next(), evidence: try reader.next())
    let (rule, matrixVersion) = (try reader.next(DispatchRule?.self), try reader.next(String.self))
    let (matched, alternatives) = (try reader.next(String?.self), try reader.next([String].self))
    if let rule {
      fact.dispatchReason = DispatchReason(
        rule, matrixVersion: matrixVersion, matched: matched.flatMap(Responsibility.init(stored:)),
        alternatives: alternatives.compactMap(Responsibility.init(stored:)))
    }
    let (origin, due) = (try reader.next(CaseDeadline.Origin?.self), try reader.next(Instant?.self))
    let words = Words(try reader.next(), try reader.next())
    if let origin { fact.deadline = CaseDeadline(origin: origin, due: due, words: words, start: fact.occurredAt) }
    return fact
  }

  private static func readActor(_ reader: inout RowReader) throws(PostgresError) -> Actor {
    let (id, role, name) = (try reader.next(String.self), try reader.next(String.self), try reader.next(String.self))
    return Actor(id: id, role: Role(rawValue: role) ?? .system, name: name)
  }
}
