internal import CityModel
internal import FeedbackDomain
internal import Postgres

/// A milestone as it is told.
struct ToldMilestone: Sendable, Hashable {
  var sequence: Int32
  var kind: MilestoneKind
  var textChinese: String
  var textEnglish: String
  var occurredAt: Instant
}

/// What a reporter sees when following the case.
struct ReporterView: Sendable, Hashable {
  var report: Identifier
  var number: String
  var milestones: [ToldMilestone]
  var followUp: FollowUp
  /// The newest milestone of all, whether it is among `milestones` or was told before.
  var newest: Newest?

  struct Newest: Sendable, Hashable {
    var sequence: Int32
    var kind: MilestoneKind
  }

  /// The newest milestone is an end: nothing more comes unless the case is reopened.
  var isFinished: Bool { newest?.kind.isEnd ?? false }
}

/// Reading milestones, and their delivery.
struct MilestoneStore: Sendable {
  /// Told after every commit that added milestones.
  static let channel = "milestones"

  let database: Database

  /// The report with this number whose token has this digest: one look at an index, however many reports a case has.
  func report(numbered number: String, tokenDigest: [UInt8]) async throws -> Identifier? {
    try await database.query("SELECT report_id FROM reports WHERE number = \(number) AND token_digest = \(tokenDigest)")
      .column(Identifier.self).first
  }

  /// All milestones after a sequence, and whether the reporter is being asked.
  func view(of report: Identifier, after sequence: Int32) async throws -> ReporterView {
    let results = try await database.atomically([
      """
      SELECT sequence, kind, text_zh, text_en, occurred_at FROM milestones
      WHERE report_id = \(report) AND sequence > \(sequence) ORDER BY sequence
      """,
      FollowUpStore.newest(of: report),
      "SELECT number FROM reports WHERE report_id = \(report)",
      "SELECT sequence, kind FROM milestones WHERE report_id = \(report) ORDER BY sequence DESC LIMIT 1",
    ])
    let milestones = try results[0].map { row in
      let (sequence, kind, chinese, english, at) = try row.decode(Int32.self, Int16.self, String.self, String.self, Instant.self)
      return ToldMilestone(
        sequence: sequence, kind: MilestoneKind(rawValue: kind) ?? .received, textChinese: chinese, textEnglish: english, occurredAt: at)
    }
    let newest = try results[3].decode(Int32.self, Int16.self).first.flatMap { sequence, kind in
      MilestoneKind(rawValue: kind).map { ReporterView.Newest(sequence: sequence, kind: $0) }
    }
    return ReporterView(
      report: report, number: try results[2].column(String.self).first ?? "", milestones: milestones,
      followUp: try FollowUpStore.followUp(results[1]), newest: newest)
  }

  /// Of many reports those that have milestones behind what was told, with the newest one's sequence. A probe of the primary key each.
  func newest(behind told: [(report: Identifier, told: Int32)]) async throws -> [(report: Identifier, sequence: Int32)] {
    try await database.query(
      """
      SELECT f.report_id, newest.sequence
      FROM unnest(\(told.map(\.report)), \(told.map(\.told))) AS f (report_id, told)
      CROSS JOIN LATERAL (SELECT max(sequence) AS sequence FROM milestones m WHERE m.report_id = f.report_id) newest
      WHERE newest.sequence > f.told
      """
    ).decode(Identifier.self, Int32.self).map { (report: $0.0, sequence: $0.1) }
  }

  /// The reporter has these before them: by RPC, reading is delivery.
  func markDelivered(_ view: ReporterView, at instant: Instant) async throws {
    guard let last = view.milestones.last else { return }
    try await database.query(
      """
      UPDATE milestones SET delivery = 'delivered', delivered_at = \(instant)
      WHERE report_id = \(view.report) AND sequence <= \(last.sequence) AND delivery = 'pending'
      """)
  }
}
