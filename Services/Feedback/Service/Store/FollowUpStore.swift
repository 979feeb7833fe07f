internal import CityModel
internal import FeedbackDomain
internal import Postgres

/// 回访: questions and answers.
enum FollowUpStore {
  /// The newest question to a reporter, with how often the case was reopened, and whether that closing is still the case's newest step:
  /// neither reopened nor cancelled since.
  static func newest(of report: Identifier) -> SQL {
    """
    SELECT f.case_id, f.case_version, f.department, f.score, c.reopenings,
      f.case_version = (SELECT max(version) FROM case_steps s WHERE s.case_id = f.case_id)
    FROM follow_ups f JOIN cases c USING (case_id) JOIN reports r ON r.report_id = f.report_id AND r.case_id = f.case_id
    WHERE f.report_id = \(report) ORDER BY f.case_version DESC LIMIT 1
    """
  }

  static func followUp(_ rows: Rows) throws -> FollowUp {
    guard let newest = try Newest(rows) else { return FollowUp(isAsked: false, score: nil, reopenings: 0) }
    return newest.followUp
  }

  struct Newest: Sendable {
    var caseID: Identifier
    var caseVersion: Int32
    var department: String
    var followUp: FollowUp

    init?(_ rows: Rows) throws {
      guard let row = rows.first else { return nil }
      let (id, version, department, score, reopenings, isNewest) = try row.decode(
        Identifier.self, Int32.self, String.self, Int16?.self, Int16.self, Bool.self)
      caseID = id
      caseVersion = version
      self.department = department
      followUp = FollowUp(isAsked: isNewest, score: score, reopenings: Int(reopenings))
    }
  }

  /// Locks the case, so that of two dissatisfied reporters one reopens it.
  static func lockCase(of report: Identifier) -> SQL {
    "SELECT 1 FROM cases WHERE case_id = (SELECT case_id FROM reports WHERE report_id = \(report)) FOR UPDATE"
  }

  static func answer(
    _ report: Identifier, _ newest: Newest, _ verdict: FollowUp.Verdict, text: String, at instant: Instant
  ) -> [SQL] {
    let answered: SQL = """
      UPDATE follow_ups SET score = \(verdict.score), answer = \(text), answered_at = \(instant)
      WHERE report_id = \(report) AND case_id = \(newest.caseID) AND case_version = \(newest.caseVersion)
      """
    return verdict.reopens ? [answered, "UPDATE cases SET reopenings = reopenings + 1 WHERE case_id = \(newest.caseID)"] : [answered]
  }
}

/// 公示: how satisfied people were, by department.
struct DepartmentScore: Sendable, Hashable {
  var department: String
  var asked: Int64
  var answered: Int64
  var satisfied: Int64
  var meanScore: Double
}

struct ResultStore: Sendable {
  let database: Database

  /// Of the questions asked in [from, before).
  func results(from: Instant?, before: Instant?) async throws -> [DepartmentScore] {
    let rows = try await database.query(Self.listing(from: from, before: before))
    return try rows.map { row in
      let (department, asked, answered, satisfied, mean) = try row.decode(
        String.self, Int64.self, Int64.self, Int64.self, Double.self)
      return DepartmentScore(department: department, asked: asked, answered: answered, satisfied: satisfied, meanScore: mean)
    }
  }

  static func listing(from: Instant?, before: Instant?) -> SQL {
    let lower: SQL = if let from { "asked_at >= \(from)" } else { "true" }
    let upper: SQL = if let before { "asked_at < \(before)" } else { "true" }
    return """
      SELECT department, count(*), count(score), count(*) FILTER (WHERE score > \(FollowUp.dissatisfiedUpTo)),
        coalesce(avg(score), 0)::float8
      FROM follow_ups WHERE \(fragment: lower) AND \(fragment: upper) GROUP BY department ORDER BY department
      """
  }
}
