/// The city's working time: which seconds count for a deadline.
///
/// A query costs O(log n) in the days covered: working time is summed up per day once, so the time between two instants is a
/// difference of two sums and a deadline is a binary search. Days outside the covered range have the ordinary week and are walked one by
/// one.
public struct WorkCalendar: Sendable {
  public let timeZone: CityTimeZone
  public let hours: WorkingHours
  public let seasons: [WorkingSeason]
  public let weekdays: Set<Weekday>
  /// Names of the holidays by day.
  public let holidays: [LocalDate: String]
  /// Days of the weekend that are worked (调休).
  public let workedWeekends: Set<LocalDate>
  /// The first day of the sums, in days since 1970.
  private let firstDay: Int
  /// `sums[i]`: working microseconds from the start of the range to the start of its i-th day.
  private let sums: [Int64]

  /// - Parameters:
  ///   - seasons: The first one that contains a day gives its hours; `hours` otherwise.
  ///   - covering: The years that are summed up in advance.
  public init(
    timeZone: CityTimeZone, hours: WorkingHours = .standard, seasons: [WorkingSeason] = [],
    weekdays: Set<Weekday> = [.monday, .tuesday, .wednesday, .thursday, .friday],
    holidays: [Holiday] = [], workedWeekends: Set<LocalDate> = [], covering years: ClosedRange<Int> = 2010...2040
  ) throws(CalendarError) {
    guard !hours.shifts.isEmpty, !weekdays.isEmpty, seasons.allSatisfy({ !$0.hours.shifts.isEmpty }) else { throw .noWorkingTime }
    let names = Dictionary(holidays.map { ($0.date, $0.name) }, uniquingKeysWith: { first, _ in first })
    guard let both = workedWeekends.filter({ names[$0] != nil }).min() else {
      self.timeZone = timeZone
      self.hours = hours
      self.seasons = seasons
      self.weekdays = weekdays
      self.holidays = names
      self.workedWeekends = workedWeekends
      firstDay = LocalDate(year: years.lowerBound, month: 1, day: 1)!.daysSinceEpoch
      sums = Self.sums(
        from: firstDay, through: LocalDate(year: years.upperBound, month: 12, day: 31)!.daysSinceEpoch, timeZone,
        DayPlan(hours: hours, seasons: seasons, weekdays: weekdays, holidays: names, workedWeekends: workedWeekends))
      return
    }
    throw .holidayAndWorked(both)
  }

  /// The default: Monday to Friday, no holidays.
  public init(timeZone: CityTimeZone) {
    do { try self.init(timeZone: timeZone, hours: .standard) } catch { preconditionFailure("the standard hours are working time") }
  }

  public func isWorkingDay(_ date: LocalDate) -> Bool { !plan.shifts(on: date).isEmpty }

  /// The working time between two instants; negative when `end` is before `start`.
  public func workingTime(from start: Instant, to end: Instant) -> Duration {
    if end < start { return .zero - workingTime(from: end, to: start) }
    if let before = elapsed(at: start), let after = elapsed(at: end) { return .microseconds(after - before) }
    return intervals(from: start, to: end).reduce(.zero) { $0 + $1.duration }
  }

  /// The earliest instant at which this much working time has passed since `start`.
  public func advance(_ start: Instant, byWorking duration: Duration) -> Instant {
    let wanted = duration.wholeMicroseconds
    guard wanted > 0 else { return start }
    if let before = elapsed(at: start), before + wanted <= sums[sums.count - 1] { return instant(atElapsed: before + wanted) }
    var remaining = wanted
    var day = timeZone.date(start)
    while true {
      for shift in shifts(on: day) where shift.end > start {
        let from = max(shift.start, start)
        let length = shift.end.microseconds - from.microseconds
        if remaining <= length { return from + .microseconds(remaining) }
        remaining -= length
      }
      day = day.adding(days: 1)
    }
  }

  /// The stretches of working time between two instants, ascending.
  public func intervals(from start: Instant, to end: Instant) -> [CountedInterval] {
    guard start < end else { return [] }
    var found: [CountedInterval] = []
    var day = timeZone.date(start)
    let last = timeZone.date(end)
    while day <= last {
      for shift in shifts(on: day) where shift.end > start && shift.start < end {
        found.append(CountedInterval(start: max(shift.start, start), end: min(shift.end, end)))
      }
      day = day.adding(days: 1)
    }
    return found
  }

  var plan: DayPlan {
    DayPlan(hours: hours, seasons: seasons, weekdays: weekdays, holidays: holidays, workedWeekends: workedWeekends)
  }

  /// A day's shifts as instants, so that a change of the clocks inside one is counted as it was lived.
  private func shifts(on date: LocalDate) -> [CountedInterval] {
    Self.shifts(on: date, timeZone, plan)
  }

  /// Working microseconds since the start of the range; nil outside of it.
  private func elapsed(at instant: Instant) -> Int64? {
    let date = timeZone.date(instant)
    let index = date.daysSinceEpoch - firstDay
    guard index >= 0, index < sums.count - 1 else { return nil }
    return shifts(on: date).reduce(sums[index]) { sum, shift in
      sum + max(0, min(shift.end, instant).microseconds - shift.start.microseconds)
    }
  }

  /// The earliest instant with this much working time behind it.
  private func instant(atElapsed wanted: Int64) -> Instant {
    var (low, high) = (0, sums.count - 1)
    while low + 1 < high {
      let middle = (low + high) / 2
      if sums[middle] < wanted { low = middle } else { high = middle }
    }
    var remaining = wanted - sums[low]
    for shift in shifts(on: LocalDate(daysSinceEpoch: firstDay + low)) {
      let length = shift.end.microseconds - shift.start.microseconds
      if remaining <= length { return shift.start + .microseconds(remaining) }
      remaining -= length
    }
    preconditionFailure("the sums of the calendar contradict its days")
  }

  private static func sums(from first: Int, through last: Int, _ timeZone: CityTimeZone, _ plan: DayPlan) -> [Int64] {
    var sums: [Int64] = [0]
    sums.reserveCapacity(last - first + 2)
    for day in first...last {
      let worked = shifts(on: LocalDate(daysSinceEpoch: day), timeZone, plan).reduce(0) {
        $0 + $1.end.microseconds - $1.start.microseconds
      }
      sums.append(sums[sums.count - 1] + worked)
    }
    return sums
  }

  private static func shifts(on date: LocalDate, _ timeZone: CityTimeZone, _ plan: DayPlan) -> [CountedInterval] {
    plan.shifts(on: date).map {
      CountedInterval(start: timeZone.instant(of: date, secondOfDay: $0.start), end: timeZone.instant(of: date, secondOfDay: $0.end))
    }
  }
}

/// A stretch of time that counted, from `start` up to, not including, `end`.
public struct CountedInterval: Sendable, Hashable {
  public let start: Instant
  public let end: Instant

  public init(start: Instant, end: Instant) {
    self.start = start
    self.end = end
  }

  public var duration: Duration { end - start }
}

public enum CalendarError: Error, Sendable, Hashable, CustomStringConvertible {
  case noWorkingTime
  case holidayAndWorked(LocalDate)

  public var description: String {
    switch self {
    case .noWorkingTime: "the calendar has no working time at all"
    case .holidayAndWorked(let date): "\(date) is a holiday and a worked weekend at once"
    }
  }
}

/// Which hours a day has.
struct DayPlan {
  let hours: WorkingHours
  let seasons: [WorkingSeason]
  let weekdays: Set<Weekday>
  let holidays: [LocalDate: String]
  let workedWeekends: Set<LocalDate>

  func shifts(on date: LocalDate) -> [WorkingHours.Shift] {
    guard holidays[date] == nil, weekdays.contains(date.weekday) || workedWeekends.contains(date) else { return [] }
    return (seasons.first { $0.contains(date) }?.hours ?? hours).shifts
  }
}
