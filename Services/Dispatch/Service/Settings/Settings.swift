internal import CityModel
internal import DispatchDomain
internal import Postgres
internal import Synchronization

/// What decisions are made and told by: the responsibility matrix and the working calendar in force, and what departments are called.
struct Settings: Sendable {
  let matrix: ResponsibilityMatrix
  let city: CityCalendar
  let names: DepartmentNames
}

/// What departments are called, by their codes; those that nobody named are missing.
struct DepartmentNames: Sendable {
  static let none = DepartmentNames(version: 0, byCode: [:])

  let version: Int64
  let byCode: [String: Words]
}

/// The settings in force, read anew when the versions say so. Each transaction asks for the versions, so every replica decides alike.
final class SettingsCache: Sendable {
  /// The version of the calendar before anybody gives one: Monday to Friday, 08:00–12:00 and 14:00–18:00, no holidays.
  static let defaultCalendar = "default"

  private let timeZone: CityTimeZone
  private let cached: Mutex<Settings>

  init(timeZone: CityTimeZone) {
    self.timeZone = timeZone
    cached = Mutex(
      Settings(matrix: .empty, city: CityCalendar(version: Self.defaultCalendar, WorkCalendar(timeZone: timeZone)), names: .none))
  }

  /// - Parameter versions: the answer to `SettingsStore.versions` in the same transaction.
  func current(_ versions: Rows, in transaction: Transaction) async throws -> Settings {
    let (matrix, calendar, names) = try SettingsStore.readVersions(versions)
    let known = cached.withLock { $0 }
    let isUnchanged =
      matrix ?? "" == known.matrix.version && calendar ?? Self.defaultCalendar == known.city.version && names == known.names.version
    if isUnchanged { return known }
    let fresh = Settings(
      matrix: try await self.matrix(matrix, known, transaction), city: try await self.city(calendar, known, transaction),
      names: try await self.names(names, known, transaction))
    cached.withLock { $0 = fresh }
    return fresh
  }

  private func matrix(_ version: String?, _ known: Settings, _ transaction: Transaction) async throws -> ResponsibilityMatrix {
    guard let version else { return .empty }
    if version == known.matrix.version { return known.matrix }
    let rows = try await transaction.query(SettingsStore.responsibilities(of: version))
    return ResponsibilityMatrix(version: version, try SettingsStore.readResponsibilities(rows))
  }

  private func names(_ version: Int64, _ known: Settings, _ transaction: Transaction) async throws -> DepartmentNames {
    if version == known.names.version { return known.names }
    return DepartmentNames(version: version, byCode: try DepartmentStore.readNames(try await transaction.query(DepartmentStore.names)))
  }

  private func city(_ version: String?, _ known: Settings, _ transaction: Transaction) async throws -> CityCalendar {
    guard version ?? Self.defaultCalendar != known.city.version else { return known.city }
    guard let version else { return CityCalendar(version: Self.defaultCalendar, WorkCalendar(timeZone: timeZone)) }
    let rows = try await transaction.query(SettingsStore.calendar(version))
    guard let stored = try SettingsStore.readCalendar(rows, version: version) else { return known.city }
    return try CityCalendar(stored, timeZone: timeZone)
  }
}

extension CityCalendar {
  /// - Throws: `Refusal.calendarInvalid` with what is wrong with it.
  init(_ stored: StoredCalendar, timeZone: CityTimeZone) throws(Refusal) {
    let minutes = stored.workMinutes
    let shifts = stride(from: 0, to: minutes.count - 1, by: 2).map {
      WorkingHours.Shift(start: Int(minutes[$0]) * 60, end: Int(minutes[$0 + 1]) * 60)
    }
    guard minutes.count % 2 == 0, let hours = minutes.isEmpty ? .standard : WorkingHours(shifts) else {
      throw .calendarInvalid("work_minutes: pairs of minutes of the day, ascending, without overlap")
    }
    func dates(_ numbers: [Int32], _ name: String) throws(Refusal) -> [LocalDate] {
      var dates: [LocalDate] = []
      for number in numbers {
        guard let date = LocalDate(yyyymmdd: number) else { throw .calendarInvalid("\(name): \(number) is no day") }
        dates.append(date)
      }
      return dates
    }
    let holidays = try dates(stored.holidays, "holidays").map { Holiday(date: $0, name: "法定节假日 holiday") }
    let worked = try dates(stored.workedWeekends, "worked_weekends")
    do throws(CalendarError) {
      let calendar = try WorkCalendar(timeZone: timeZone, hours: hours, holidays: holidays, workedWeekends: Set(worked))
      self.init(version: stored.version, calendar)
    } catch {
      throw .calendarInvalid("\(error)")
    }
  }
}
