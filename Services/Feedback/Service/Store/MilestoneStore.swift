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

  /// The newest milestone is an end, and there is nothing left to answer.
  var isFinished: Bool { milestones.last?.kind.isEnd ?? false }
}

/// Reading milestones, and their delivery.
struct MilestoneStore: Sendable {
  /// Told after every commit that added milestones.
  static let channel = "milestones"
  /// Most reports of one number that a token is compared with: 1,000.
  static let reportsPerNumber = 1_000

  let database: Database

  static var announce: SQL { ("SELECT 1" as SQL).announcing(channel) }

  func reports(numbered number: String) async throws -> [Identifier] {
    try await database.query(
      "SELECT report_id FROM reports WHERE number = \(number) ORDER BY report_id LIMIT \(Self.reportsPerNumber)"
    ).column(Identifier.self)
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
    ])
    let milestones = try results[0].map { row in
      let (sequence, kind, chinese, english, at) = try row.decode(Int32.self, Int16.self, String.self, String.self, Instant.self)
      return ToldMilestone(
        sequence: sequence, kind: MilestoneKind(rawValue: kind) ?? .received, textChinese: chinese, textEnglish: english, occurredAt: at)
    }
    return ReporterView(
      report: report, number: try results[2].column(String.self).first ?? "", milestones: milestones,
      followUp: try FollowUpStore.followUp(results[1]))
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
