import CityModel
import DispatchAPI
import IntakeAPI

/// Counts a deadline interval by interval, without the platform's calendar: slow, short, and made for one zone without summer time.
struct DeadlineRecount {
  /// Of Asia/Shanghai, all year.
  static let offsetSeconds: Int64 = 8 * 3_600

  let calendar: DispatchAPI.WorkCalendar

  /// Microseconds since 1970. Nil when nothing sets a limit.
  func due(from start: Int64, _ standard: FilingStandard, pauses: [Range<Int64>]) -> Int64? {
    let hour: Int64 = 3_600_000_000
    guard let length = [.urgentHour: hour, .workingHour: hour, .workingDay: 8 * hour, .naturalDay: 24 * hour][standard.unit] else {
      return nil
    }
    var remaining = Int64(standard.limit) * length
    let isWorkingTime = standard.unit == .workingHour || standard.unit == .workingDay
    var day = (start / 1_000_000 + Self.offsetSeconds) / 86_400
    var position = start
    while true {
      let stretches = isWorkingTime ? shifts(on: day) : [day * 86_400..<(day + 1) * 86_400]
      for stretch in stretches {
        let end = (stretch.upperBound - Self.offsetSeconds) * 1_000_000
        position = max(position, (stretch.lowerBound - Self.offsetSeconds) * 1_000_000)
        while position < end {
          if let pause = pauses.first(where: { $0.contains(position) }) {
            position = pause.upperBound
            continue
          }
          let next = min(end, pauses.map(\.lowerBound).filter { $0 > position }.min() ?? end)
          if remaining <= next - position { return position + remaining }
          remaining -= next - position
          position = next
        }
      }
      day += 1
    }
  }

  /// In seconds of local time since 1970.
  private func shifts(on day: Int64) -> [Range<Int64>] {
    let weekday = (day + 4) % 7  // 1970-01-01 was a Thursday; 0 is Sunday
    let isWeekend = weekday == 0 || weekday == 6
    let isWorked = isWeekend ? days(calendar.workedWeekends).contains(day) : !days(calendar.holidays).contains(day)
    guard isWorked else { return [] }
    let minutes = calendar.workMinutes.map { day * 86_400 + Int64($0) * 60 }
    return stride(from: 0, to: minutes.count, by: 2).map { minutes[$0]..<minutes[$0 + 1] }
  }

  private func days(_ dates: [Int32]) -> Set<Int64> {
    Set(
      dates.compactMap { LocalDate(year: Int($0) / 10_000, month: Int($0) / 100 % 100, day: Int($0) % 100) }.map {
        Int64($0.daysSinceEpoch)
      }
    )
  }
}

/// A case's deadline as its history makes it (DOMAIN §1): from filing; anew with another department or a reopening; the clock stands still
/// while it is returned or waits for the check.
struct DeadlineWalk {
  let recount: DeadlineRecount
  let standard: FilingStandard
  private var start: Int64
  private var pauses: [Range<Int64>] = []
  private var stopped: Int64?
  private var department = ""

  init(_ recount: DeadlineRecount, _ standard: FilingStandard, filedAt: Int64) {
    self.recount = recount
    self.standard = standard
    start = filedAt
  }

  var due: Int64? { recount.due(from: start, standard, pauses: pauses) }

  mutating func take(_ fact: CaseFact) {
    let at = fact.occurredAtUs
    switch fact.kind {
    case .dispatched where fact.department != department, .reopened: (start, pauses, stopped) = (at, [], nil)
    case .dispatched, .checkFailed:
      if let stopped, stopped < at { pauses.append(stopped..<at) }
      stopped = nil
    case .returned, .handled: stopped = stopped ?? at
    default: break
    }
    if fact.kind == .dispatched { department = fact.department }
  }
}
