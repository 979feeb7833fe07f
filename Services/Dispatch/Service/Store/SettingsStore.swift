internal import CityModel
internal import DispatchDomain
internal import Postgres

/// A calendar as it was given.
struct StoredCalendar: Sendable, Hashable {
  var version: String
  /// Minutes of the day, from and before, in pairs.
  var workMinutes: [Int32]
  /// Days as yyyymmdd.
  var holidays: [Int32]
  var workedWeekends: [Int32]
}

/// The matrix of responsibilities and the working calendars, each in versions that never change once stored.
enum SettingsStore {
  /// Woken when a setting comes into force.
  static let channel = "dispatch_settings"
  /// Part of the transaction that puts a setting in force: whoever follows the channel is woken after its commit.
  static let announcement = ("SELECT 1" as SQL).announcing(channel)

  /// The versions in force: matrix, calendar, names of departments.
  static let versions: SQL = """
    SELECT (SELECT version FROM matrices ORDER BY in_force DESC LIMIT 1),
      (SELECT version FROM calendars ORDER BY in_force DESC LIMIT 1),
      (SELECT version FROM department_names)
    """

  static func readVersions(_ rows: Rows) throws -> (matrix: String?, calendar: String?, names: Int64) {
    let (matrix, calendar, names) = try rows[0].decode(String?.self, String?.self, Int64.self)
    return (matrix, calendar, names)
  }

  static func responsibilities(of version: String) -> SQL {
    """
    SELECT kind, area_code, department, crew FROM responsibilities WHERE version = \(version)
    ORDER BY kind, area_code, department, crew
    """
  }

  static func readResponsibilities(_ rows: Rows) throws -> [Responsibility] {
    try rows.decode(String.self, String.self, String.self, String.self).map {
      Responsibility(kind: $0.0, area: $0.1, department: $0.2, crew: $0.3)
    }
  }

  static func calendar(_ version: String) -> SQL {
    "SELECT work_minutes, holidays, worked_weekends FROM calendars WHERE version = \(version)"
  }

  static func readCalendar(_ rows: Rows, version: String) throws -> StoredCalendar? {
    guard let row = rows.first else { return nil }
    let (minutes, holidays, worked) = try row.decode([Int32].self, [Int32].self, [Int32].self)
    return StoredCalendar(version: version, workMinutes: minutes, holidays: holidays, workedWeekends: worked)
  }

  /// Stores the matrix and puts it in force. A version that is stored already must be the same.
  static func put(_ version: String, _ entries: [Responsibility], at now: Instant, in transaction: Transaction) async throws {
    let entries = Set(entries).sorted()
    let inserted = try await transaction.query(
      "INSERT INTO matrices (version, stored_at) VALUES (\(version), \(now)) ON CONFLICT (version) DO NOTHING")
    if inserted.affected == 1 {
      try await transaction.query(
        """
        INSERT INTO responsibilities (version, kind, area_code, department, crew)
        SELECT \(version), *
        FROM unnest(\(entries.map(\.kind)), \(entries.map(\.area)), \(entries.map(\.department)), \(entries.map(\.crew)))
        """)
    } else {
      let stored = try readResponsibilities(try await transaction.query(responsibilities(of: version)))
      guard stored.sorted() == entries else { throw Refusal.settingsVersionTaken(version) }
      try await transaction.query(
        """
        UPDATE matrices SET in_force = nextval('settings_order')
        WHERE version = \(version) AND in_force < (SELECT max(in_force) FROM matrices)
        """)
    }
  }

  /// Stores the calendar and puts it in force. A version that is stored already must be the same.
  static func put(_ calendar: StoredCalendar, at now: Instant, in transaction: Transaction) async throws {
    let inserted = try await transaction.query(
      """
      INSERT INTO calendars (version, work_minutes, holidays, worked_weekends, stored_at)
      VALUES (\(calendar.version), \(calendar.workMinutes), \(calendar.holidays), \(calendar.workedWeekends), \(now))
      ON CONFLICT (version) DO NOTHING
      """)
    guard inserted.affected == 0 else { return }
    let stored = try readCalendar(try await transaction.query(self.calendar(calendar.version)), version: calendar.version)
    guard stored == calendar else { throw Refusal.settingsVersionTaken(calendar.version) }
    try await transaction.query(
      """
      UPDATE calendars SET in_force = nextval('settings_order')
      WHERE version = \(calendar.version) AND in_force < (SELECT max(in_force) FROM calendars)
      """)
  }
}
