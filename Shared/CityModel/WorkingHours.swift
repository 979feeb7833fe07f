/// When a city's offices work on a working day: for instance 08:00–12:00 and 14:00–18:00.
public struct WorkingHours: Sendable, Hashable {
  /// Part of a day in seconds after local midnight; `end` may be 86,400. A shift over midnight is two of them.
  public struct Shift: Sendable, Hashable {
    public let start: Int
    public let end: Int

    public init(start: Int, end: Int) {
      self.start = start
      self.end = end
    }
  }

  /// Ascending, without overlap.
  public let shifts: [Shift]

  /// Nil when a shift is empty, leaves the day or overlaps another.
  public init?(_ shifts: [Shift]) {
    let sorted = shifts.sorted { $0.start < $1.start }
    guard sorted.allSatisfy({ $0.start >= 0 && $0.start < $0.end && $0.end <= 86_400 }),
      zip(sorted, sorted.dropFirst()).allSatisfy({ $0.end <= $1.start })
    else { return nil }
    self.shifts = sorted
  }

  /// 08:00–12:00 and 14:00–18:00 (CJJ/T 312-2021's usual day).
  public static let standard = WorkingHours([Shift(start: 8 * 3_600, end: 12 * 3_600), Shift(start: 14 * 3_600, end: 18 * 3_600)])!
}

/// Other hours in a part of every year, for instance the summer's.
public struct WorkingSeason: Sendable, Hashable {
  /// Month × 100 + day, both inclusive; a season from 1101 to 0228 crosses the year's end.
  public let firstDay: Int
  public let lastDay: Int
  public let hours: WorkingHours

  public init(firstDay: Int, lastDay: Int, hours: WorkingHours) {
    self.firstDay = firstDay
    self.lastDay = lastDay
    self.hours = hours
  }

  func contains(_ date: LocalDate) -> Bool {
    let day = date.month * 100 + date.day
    return firstDay <= lastDay ? firstDay <= day && day <= lastDay : day >= firstDay || day <= lastDay
  }
}

/// A public holiday (法定节假日), with its name for the explanations.
public struct Holiday: Sendable, Hashable {
  public let date: LocalDate
  public let name: String

  public init(date: LocalDate, name: String) {
    self.date = date
    self.name = name
  }
}
