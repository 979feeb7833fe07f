internal import CityModel
internal import Postgres

/// Reporters' contacts, sealed, and the record of who saw them whole.
struct ReporterContactStore: Sendable {
  let database: Database

  struct Sealed: Sendable {
    var name: [UInt8]
    var phone: [UInt8]
    /// Empty when nobody knows.
    var district: String
  }

  struct Unmasking: Sendable, Hashable {
    var report: Identifier
    var actorID: String
    var actorRole: String
    var reason: String
    /// Which certificate asked.
    var peer: String
    var at: Instant
  }

  func contact(of report: Identifier) async throws -> Sealed? {
    let rows = try await database.query("SELECT sealed_name, sealed_phone, district_code FROM reports WHERE report_id = \(report)")
    return try rows.decode([UInt8].self, [UInt8].self, String.self).first.map { Sealed(name: $0.0, phone: $0.1, district: $0.2) }
  }

  /// Returns when the record is on disk.
  func record(_ unmasking: Unmasking) async throws {
    try await database.query(
      """
      INSERT INTO unmaskings (report_id, actor_id, actor_role, reason, peer, at)
      VALUES (\(unmasking.report), \(unmasking.actorID), \(unmasking.actorRole), \(unmasking.reason), \(unmasking.peer), \(unmasking.at))
      """)
  }
}
