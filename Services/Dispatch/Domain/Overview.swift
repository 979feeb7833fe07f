public import CityModel

/// What the centre's screen says about the city, for everything or for a district or department of it.
public struct Overview: Sendable, Hashable {
  public var open: Int64 = 0
  // These are of the open ones.
  public var overdue: Int64 = 0
  public var supervised: Int64 = 0
  public var undispatched: Int64 = 0
  public var returned: Int64 = 0
  public var unplaced: Int64 = 0
  public var urgent: Int64 = 0
  public var byState: [CaseState: Int64] = [:]
  /// By the code, empty for those without one.
  public var byDistrict: [String: Share] = [:]
  public var byDepartment: [String: Share] = [:]

  public struct Share: Sendable, Hashable {
    public var open: Int64
    public var overdue: Int64

    public init(open: Int64 = 0, overdue: Int64 = 0) {
      self.open = open
      self.overdue = overdue
    }
  }

  /// - Parameters:
  ///   - cells: all open cases, counted.
  ///   - district: empty means all.
  ///   - department: empty means all.
  public init(_ cells: [OverviewCell], district: String, department: String) {
    for cell in cells where cell.area.isIn(district: district, department: department) { add(cell) }
  }

  private mutating func add(_ cell: OverviewCell) {
    open += cell.count
    byState[cell.state, default: 0] += cell.count
    byDistrict[cell.area.district, default: Share()].open += cell.count
    byDepartment[cell.area.department, default: Share()].open += cell.count
    if cell.state == .pendingDispatch { undispatched += cell.count }
    if cell.state == .returned { returned += cell.count }
    if cell.supervised { supervised += cell.count }
    if cell.unplaced { unplaced += cell.count }
    if cell.urgent { urgent += cell.count }
    guard cell.overdue else { return }
    overdue += cell.count
    byDistrict[cell.area.district, default: Share()].overdue += cell.count
    byDepartment[cell.area.department, default: Share()].overdue += cell.count
  }
}

public struct OverviewArea: Sendable, Hashable {
  public let district: String
  public let department: String

  public init(district: String, department: String) {
    self.district = district
    self.department = department
  }

  /// An empty one means all.
  public func isIn(district: String, department: String) -> Bool {
    (district.isEmpty || district == self.district) && (department.isEmpty || department == self.department)
  }
}

/// How many open cases have all of this in common.
public struct OverviewCell: Sendable, Hashable {
  public let area: OverviewArea
  public let state: CaseState
  public let overdue: Bool
  public let supervised: Bool
  public let unplaced: Bool
  public let urgent: Bool
  public let count: Int64

  public init(
    area: OverviewArea, state: CaseState, overdue: Bool, supervised: Bool, unplaced: Bool, urgent: Bool, count: Int64
  ) {
    self.area = area
    self.state = state
    self.overdue = overdue
    self.supervised = supervised
    self.unplaced = unplaced
    self.urgent = urgent
    self.count = count
  }
}

/// How many cases were filed, or closed, in one step of a trend.
public struct OverviewStep: Sendable, Hashable {
  public let area: OverviewArea
  /// From 0.
  public let step: Int
  public let count: Int64

  public init(area: OverviewArea, step: Int, count: Int64) {
    self.area = area
    self.step = step
    self.count = count
  }
}

/// The steps of the overview's trends, in the city's time.
public struct OverviewSteps: Sendable, Hashable {
  /// Days that a trend shows, the present one included.
  public static let days = 30

  /// Where each hour of the day begins, up to the present one: 23 to 25 in a whole day, as the clocks go.
  public let hours: [Instant]
  /// Where each day begins, the present one last.
  public let days: [Instant]
  /// Where the next day begins.
  public let tomorrow: Instant

  public init(at now: Instant, _ zone: CityTimeZone) {
    let today = zone.date(now)
    days = (0..<Self.days).map { zone.instant(of: LocalDate(daysSinceEpoch: today.daysSinceEpoch - (Self.days - 1 - $0))) }
    tomorrow = zone.instant(of: LocalDate(daysSinceEpoch: today.daysSinceEpoch + 1))
    let start = days[Self.days - 1]
    let count = max(0, (now.microseconds - start.microseconds) / 3_600_000_000)
    hours = (0...count).map { start + .seconds($0 * 3_600) }
  }

  /// Where the city's day began.
  public var today: Instant { days[days.count - 1] }
}
