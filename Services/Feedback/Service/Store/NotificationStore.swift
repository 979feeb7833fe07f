internal import CityModel
internal import FeedbackDomain
internal import Postgres

/// A milestone with its delivery.
struct NotificationRecord: Sendable, Hashable {
  enum Delivery: String, Sendable, Hashable {
    case pending, delivered, failed
  }

  var report: Identifier
  var number: String
  var milestone: ToldMilestone
  var delivery: Delivery
  var transport: String
  var deliveredAt: Instant?
}

/// The outbox, read by the office.
struct NotificationStore: Sendable {
  struct Cursor: Sendable, Hashable {
    var at: Instant
    var report: Identifier
    var sequence: Int32
  }

  let database: Database

  /// In the order of what happened, after a cursor. Empty `deliveries` means all.
  /// - Parameter district: only what reporters of this district were told, and of none; empty: everybody.
  func list(number: String, district: String = "", deliveries: [NotificationRecord.Delivery], after cursor: Cursor?, limit: Int)
    async throws
    -> [NotificationRecord]
  {
    let rows = try await database.query(
      Self.listing(number: number, district: district, deliveries: deliveries, after: cursor, limit: limit))
    return try rows.map { row in
      let (report, number, sequence, kind, chinese, english, at, delivery, transport, delivered) = try row.decode(
        Identifier.self, String.self, Int32.self, Int16.self, String.self, String.self, Instant.self, String.self, String.self,
        Instant?.self)
      return NotificationRecord(
        report: report, number: number,
        milestone: ToldMilestone(
          sequence: sequence, kind: MilestoneKind(rawValue: kind) ?? .received, textChinese: chinese, textEnglish: english, occurredAt: at),
        delivery: .init(rawValue: delivery) ?? .pending, transport: transport, deliveredAt: delivered)
    }
  }

  static func listing(
    number: String, district: String = "", deliveries: [NotificationRecord.Delivery], after cursor: Cursor?, limit: Int
  ) -> SQL {
    let ofNumber: SQL = number.isEmpty ? "true" : "r.number = \(number)"
    let inDistrict: SQL = district.isEmpty ? "true" : "r.district_code IN ('', \(district))"
    let ofState: SQL = deliveries.isEmpty ? "true" : "m.delivery = ANY (\(deliveries.map(\.rawValue)))"
    let next: SQL =
      if let cursor { "(m.occurred_at, m.report_id, m.sequence) > (\(cursor.at), \(cursor.report), \(cursor.sequence))" } else { "true" }
    return """
      SELECT m.report_id, r.number, m.sequence, m.kind, m.text_zh, m.text_en, m.occurred_at, m.delivery, m.transport, m.delivered_at
      FROM milestones m JOIN reports r USING (report_id)
      WHERE \(fragment: ofNumber) AND \(fragment: inDistrict) AND \(fragment: ofState) AND \(fragment: next)
      ORDER BY m.occurred_at, m.report_id, m.sequence LIMIT \(limit)
      """
  }
}
