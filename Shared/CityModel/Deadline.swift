/// The clock that a limit runs on.
public enum LimitUnit: Int32, Sendable, Hashable, CaseIterable {
  /// 紧急工作时: every hour counts, nights and holidays included.
  case urgentHour = 1
  /// 工作时: only working time counts.
  case workingHour = 2
  /// 工作日: eight working hours.
  case workingDay = 3
  /// 自然日: ends at the same time of day so many days later.
  case naturalDay = 4

  /// 工作日 counts as this many 工作时.
  public static let hoursPerWorkingDay = 8

  var isWorkingTime: Bool { self == .workingHour || self == .workingDay }
}

/// When something is due, and why.
public struct Deadline: Sendable, Hashable {
  public let start: Instant
  public let due: Instant
  public let limit: Int
  public let unit: LimitUnit
  /// What was counted, ascending; their sum is the limit.
  public let intervals: [CountedInterval]
  /// In words, for a clerk.
  public let explanation: Explanation

  public struct Explanation: Sendable, Hashable {
    public let chinese: String
    public let english: String
  }
}

extension WorkCalendar {
  /// The instant at which a limit ends. O(log n) in the calendar, O(k log n) with k pauses.
  /// - Parameters:
  ///   - limit: In the unit; 0 or less is due at once.
  ///   - pauses: Time that does not count, in any order. What a pause takes away is the time that the unit's clock would have
  ///     counted in it: a pause over a weekend costs working hours nothing.
  public func due(from start: Instant, limit: Int, unit: LimitUnit, pauses: [Range<Instant>] = []) -> Instant {
    guard limit > 0 else { return start }
    var remaining = length(of: limit, unit, from: start)
    var position = start
    for pause in Self.merged(pauses, after: start) {
      let counted = counted(unit, from: position, to: pause.lowerBound)
      if counted >= remaining { break }
      remaining -= counted
      position = pause.upperBound
    }
    return unit.isWorkingTime ? advance(position, byWorking: remaining) : position + remaining
  }

  /// How much of the unit's time lies between two instants; negative when `end` is before `start`.
  public func counted(_ unit: LimitUnit, from start: Instant, to end: Instant) -> Duration {
    unit.isWorkingTime ? workingTime(from: start, to: end) : end - start
  }

  /// `due`, with the intervals that were counted and the explanation.
  public func deadline(from start: Instant, limit: Int, unit: LimitUnit, pauses: [Range<Instant>] = []) -> Deadline {
    let due = due(from: start, limit: limit, unit: unit, pauses: pauses)
    var counted: [CountedInterval] = []
    var position = start
    for pause in Self.merged(pauses, after: start) where pause.lowerBound < due {
      counted += stretches(unit, from: position, to: pause.lowerBound)
      position = pause.upperBound
    }
    counted += stretches(unit, from: position, to: due)
    return Deadline(
      start: start, due: due, limit: limit, unit: unit, intervals: counted,
      explanation: explain(from: start, due: due, limit: limit, unit: unit, intervals: counted, pauses: pauses))
  }

  private func stretches(_ unit: LimitUnit, from start: Instant, to end: Instant) -> [CountedInterval] {
    if unit.isWorkingTime { return intervals(from: start, to: end) }
    return start < end ? [CountedInterval(start: start, end: end)] : []
  }

  /// The limit as time on the unit's clock.
  private func length(of limit: Int, _ unit: LimitUnit, from start: Instant) -> Duration {
    switch unit {
    case .urgentHour, .workingHour: return .seconds(limit * 3_600)
    case .workingDay: return .seconds(limit * LimitUnit.hoursPerWorkingDay * 3_600)
    case .naturalDay:
      let local = timeZone.local(start)
      let end = timeZone.instant(of: local.date.adding(days: limit), secondOfDay: Int(local.secondOfDay))
      return end + .microseconds(Int64(local.microsecond)) - start
    }
  }

  /// Ascending and apart, cut off at `start`.
  private static func merged(_ pauses: [Range<Instant>], after start: Instant) -> [Range<Instant>] {
    var merged: [Range<Instant>] = []
    for pause in pauses.sorted(by: { $0.lowerBound < $1.lowerBound }) where pause.upperBound > start && !pause.isEmpty {
      let from = max(pause.lowerBound, start)
      if let last = merged.last, from <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, pause.upperBound)
      } else {
        merged.append(from..<pause.upperBound)
      }
    }
    return merged
  }
}
