internal import CityModel
internal import Postgres

/// Reporters' contacts, sealed, and the record of who saw them whole.
struct ReporterContactStore: Sendable {
  let database: Database

  struct Sealed: Sendable {
    var name: [UInt8]
    var phone: [UInt8]
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
    try await database.query(Self.select(report)).first.map(Self.sealed)
  }

  /// The record is on disk before the data is handed out.
  func contact(recording unmasking: Unmasking) async throws -> Sealed? {
    let results = try await database.atomically([
      """
      INSERT INTO unmaskings (report_id, actor_id, actor_role, reason, peer, at)
      SELECT report_id, \(unmasking.actorID), \(unmasking.actorRole), \(unmasking.reason), \(unmasking.peer), \(unmasking.at)
      FROM reports WHERE report_id = \(unmasking.report)
      """,
      Self.select(unmasking.report),
    ])
    return try results[1].first.map(Self.sealed)
  }

  private static func select(_ report: Identifier) -> SQL {
    "SELECT sealed_name, sealed_phone FROM reports WHERE report_id = \(report)"
  }

  private static func sealed(_ row: Rows.Element) throws -> Sealed {
    let (name, phone) = try row.decode([UInt8].self, [UInt8].self)
    return Sealed(name: name, phone: phone)
  }
}
