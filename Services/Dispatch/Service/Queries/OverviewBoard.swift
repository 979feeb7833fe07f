internal import CityModel
internal import DispatchAPI
internal import DispatchDomain
internal import Postgres

/// The overview: open cases counted from memory, what the day brought from the table, for the whole city, every district and every
/// department at once, at most once in a second; what anybody asks for is summed up from that.
struct OverviewBoard: Sendable {
  /// How long the days before the present one are not counted again, in units of the age of the rest.
  static let pastAges = 60

  private let database: Database
  private let cases: OpenCaseBoard
  private let clock: any CityClock
  private let timeZone: CityTimeZone
  private let present: Recent<Bool, Present>
  private let past: Recent<Instant, Trend>

  private struct Present: Sendable {
    let at: Instant
    let steps: OverviewSteps
    let cells: [OverviewCell]
    /// By the hour.
    let today: Trend
  }

  private struct Trend: Sendable {
    let filed: [OverviewStep]
    let closed: [OverviewStep]
  }

  /// - Parameter maxAge: how old the figures may be.
  init(database: Database, cases: OpenCaseBoard, clock: any CityClock, timeZone: CityTimeZone, maxAge: Duration) {
    self.database = database
    self.cases = cases
    self.clock = clock
    self.timeZone = timeZone
    present = Recent(maxAge: maxAge, limit: 1)
    past = Recent(maxAge: maxAge * Self.pastAges, limit: 2)
  }

  func overview(_ request: GetOverviewRequest) async throws -> GetOverviewResponse {
    guard PlainText.isCode(request.districtCode), PlainText.isCode(request.department) else { throw CaseFilter.notCodes }
    let byDays = request.trend == .days
    guard byDays || request.trend == .hours || request.trend == .unspecified else {
      throw CaseRequest.invalid("未知的趋势。", "There is no such trend.")
    }
    let present = try await present.value(for: true) { try await count() }
    let area = (request.districtCode, request.department)
    let today = Steps(present.today, of: area, count: present.steps.hours.count)
    var response = GetOverviewResponse(Overview(present.cells, district: area.0, department: area.1))
    response.atUs = present.at.microseconds
    response.dayFromUs = present.steps.today.microseconds
    response.filedToday = today.filed.reduce(0, +)
    response.closedToday = today.closed.reduce(0, +)
    if byDays {
      let days = present.steps.days
      let today = present.steps.today
      let trend = try await past.value(for: today) { try await self.trend(Array(days.dropLast()), before: today) }
      var steps = Steps(trend, of: area, count: days.count)
      steps.filed[days.count - 1] = response.filedToday
      steps.closed[days.count - 1] = response.closedToday
      response.trend = steps.wire(days)
    } else {
      response.trend = today.wire(present.steps.hours)
    }
    return response
  }

  private func count() async throws -> Present {
    let now = clock.now()
    let steps = OverviewSteps(at: now, timeZone)
    let cells = try await cases.view { $0.overviewCells() }.1
    // What is told by a replay may be ahead of this process's clock by a moment; it belongs to the present hour.
    let today = try await trend(steps.hours, before: steps.tomorrow)
    return Present(at: now, steps: steps, cells: cells, today: today)
  }

  private func trend(_ starts: [Instant], before end: Instant) async throws -> Trend {
    let rows = try await database.atomically([
      OverviewStore.filed(starts, before: end), OverviewStore.closed(starts, before: end),
    ])
    return Trend(filed: try OverviewStore.readSteps(rows[0]), closed: try OverviewStore.readSteps(rows[1]))
  }

  /// A trend's figures of one area, step by step.
  private struct Steps {
    var filed: [Int64]
    var closed: [Int64]

    init(_ trend: Trend, of area: (district: String, department: String), count: Int) {
      func sum(_ steps: [OverviewStep]) -> [Int64] {
        var sums = [Int64](repeating: 0, count: count)
        for step in steps where sums.indices.contains(step.step) && step.area.isIn(district: area.district, department: area.department) {
          sums[step.step] += step.count
        }
        return sums
      }
      filed = sum(trend.filed)
      closed = sum(trend.closed)
    }

    func wire(_ starts: [Instant]) -> [TrendStep] {
      zip(starts, zip(filed, closed)).map { TrendStep(fromUs: $0.microseconds, filed: $1.0, closed: $1.1) }
    }
  }
}

extension GetOverviewResponse {
  init(_ overview: Overview) {
    self.init()
    open = overview.open
    overdue = overview.overdue
    supervised = overview.supervised
    undispatched = overview.undispatched
    returned = overview.returned
    unplaced = overview.unplaced
    urgent = overview.urgent
    byState = DispatchDomain.CaseState.open.map { StateCount(state: $0.wire, count: overview.byState[$0] ?? 0) }
    byDistrict = overview.byDistrict.sorted { $0.key < $1.key }.map {
      DistrictCount(districtCode: $0, open: $1.open, overdue: $1.overdue)
    }
    byDepartment = overview.byDepartment.sorted { $0.key < $1.key }.map {
      DepartmentCount(department: $0, open: $1.open, overdue: $1.overdue)
    }
  }
}
