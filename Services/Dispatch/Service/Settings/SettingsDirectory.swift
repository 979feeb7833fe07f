internal import CityModel
internal import DispatchAPI
internal import DispatchDomain
internal import Postgres

/// Departments, responsibilities and calendars as the operator gives them.
struct SettingsDirectory: Sendable {
  /// Departments in one call: 10,000; crews of them together: 100,000.
  static let departmentLimit = 10_000
  static let crewLimit = 100_000
  /// Entries of a matrix: 200,000.
  static let responsibilityLimit = 200_000
  /// Days of a calendar: 20,000.
  static let dayLimit = 20_000

  let database: Database
  let clock: any CityClock
  let timeZone: CityTimeZone

  func put(_ request: PutDepartmentsRequest) async throws -> PutDepartmentsResponse {
    let crews = request.departments.reduce(0) { $0 + $1.crews.count }
    guard request.departments.count <= Self.departmentLimit, crews <= Self.crewLimit else {
      throw CaseRequest.invalid("部门或班组过多。", "Too many departments or crews in one call.")
    }
    try Self.checkCodes(request.departments.map(\.code) + request.departments.flatMap { $0.crews.map(\.code) })
    let names = request.departments.flatMap { [$0.name, $0.nameEn] + $0.crews.map(\.name) }
    try Self.checkCodes(names, mayBeEmpty: true)
    guard Set(request.departments.map(\.code)).count == request.departments.count,
      request.departments.allSatisfy({ Set($0.crews.map(\.code)).count == $0.crews.count })
    else { throw CaseRequest.invalid("部门或班组编码重复。", "A department or crew is named twice.") }
    let records = request.departments.map { department in
      DepartmentRecord(
        code: department.code, name: department.name, nameEnglish: department.nameEn,
        crews: department.crews.map { DepartmentRecord.Crew(code: $0.code, name: $0.name) })
    }
    try await database.atomically(DepartmentStore.put(records))
    return PutDepartmentsResponse(stored: Int32(records.count))
  }

  func departments() async throws -> ListDepartmentsResponse {
    let records = try DepartmentStore.readAll(try await database.atomically(DepartmentStore.all))
    return ListDepartmentsResponse(
      departments: records.map { record in
        Department(
          code: record.code, name: record.name, nameEn: record.nameEnglish, crews: record.crews.map { Crew(code: $0.code, name: $0.name) })
      })
  }

  func put(_ request: PutResponsibilitiesRequest) async throws -> PutResponsibilitiesResponse {
    let entries = request.responsibilities.map { DispatchDomain.Responsibility($0) }
    guard entries.count <= Self.responsibilityLimit else { throw CaseRequest.invalid("责任矩阵过大。", "The matrix has too many entries.") }
    try Self.checkCodes([request.version] + entries.map(\.department))
    try Self.checkCodes(entries.flatMap { [$0.kind, $0.area, $0.crew] }, mayBeEmpty: true)
    try await database.transaction { transaction in
      try await SettingsStore.put(request.version, entries, at: clock.now(), in: transaction)
      let crews = entries.map { CrewKey(department: $0.department, crew: $0.crew) }
      try await transaction.commit(after: DepartmentStore.learn(crews) + [SettingsStore.announcement])
    }
    return PutResponsibilitiesResponse(stored: Int32(Set(entries).count))
  }

  func responsibilities() async throws -> ListResponsibilitiesResponse {
    try await database.transaction { transaction in
      guard let version = try SettingsStore.readVersions(try await transaction.query(SettingsStore.versions)).matrix else {
        return ListResponsibilitiesResponse()
      }
      let entries = try SettingsStore.readResponsibilities(try await transaction.query(SettingsStore.responsibilities(of: version)))
      return ListResponsibilitiesResponse(version: version, responsibilities: entries.map(\.wire))
    }
  }

  /// The open deadlines are recounted by the job that is woken.
  func put(_ request: DispatchAPI.WorkCalendar) async throws -> PutCalendarResponse {
    try Self.checkCodes([request.version])
    guard request.holidays.count + request.workedWeekends.count <= Self.dayLimit else {
      throw Refusal.calendarInvalid("more than \(Self.dayLimit) days")
    }
    guard request.version != SettingsCache.defaultCalendar else { throw Refusal.settingsVersionTaken(request.version) }
    let stored = StoredCalendar(
      version: request.version, workMinutes: request.workMinutes, holidays: request.holidays, workedWeekends: request.workedWeekends)
    _ = try CityCalendar(stored, timeZone: timeZone)
    try await database.transaction { transaction in
      try await SettingsStore.put(stored, at: clock.now(), in: transaction)
      try await transaction.commit(after: [SettingsStore.announcement])
    }
    return PutCalendarResponse()
  }

  private static func checkCodes(_ codes: [String], mayBeEmpty: Bool = false) throws {
    guard codes.allSatisfy({ (mayBeEmpty || !$0.isEmpty) && PlainText.isCode($0) }) else {
      throw CaseRequest.invalid(
        "编码须为 1 至 200 个字符，名称最多 200 个字符，均不含控制字符。",
        "Codes have 1 to 200 characters, names at most 200, and neither has control characters.")
    }
  }
}
