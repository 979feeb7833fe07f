/// A day in the city's calendar (proleptic Gregorian).
public struct LocalDate: Sendable, Hashable, Comparable {
  public let year: Int
  /// 1 to 12.
  public let month: Int
  /// 1 to 31.
  public let day: Int

  /// Years that a date can be made of. What lies beyond is nobody's day, and not all of it can be reckoned with.
  static let years = -9_999...9_999

  /// Nil when the month has no such day, and beyond the years -9999 to 9999.
  public init?(year: Int, month: Int, day: Int) {
    guard Self.years.contains(year), (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year) else { return nil }
    self.init(unchecked: year, month, day)
  }

  /// `20171231`. Nil when it is no day.
  public init?(yyyymmdd: Int32) {
    self.init(year: Int(yyyymmdd / 10_000), month: Int(yyyymmdd / 100 % 100), day: Int(yyyymmdd % 100))
  }

  /// `2017-12-31`. Nil when it is no day.
  public init?(iso text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map { Int(Substring($0)) }
    guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2] else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// Day 0 is 1970-01-01. Howard Hinnant, "chrono-compatible low-level date algorithms".
  public init(daysSinceEpoch: Int) {
    let shifted = daysSinceEpoch + 719_468
    let era = shifted.flooredQuotient(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    self.init(unchecked: year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  private init(unchecked year: Int, _ month: Int, _ day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  public var daysSinceEpoch: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear.flooredQuotient(by: 400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  public var yyyymmdd: Int32 { Int32(clamping: year * 10_000 + month * 100 + day) }

  public var weekday: Weekday { Weekday(rawValue: (daysSinceEpoch + 3).flooredRemainder(by: 7) + 1)! }

  public func adding(days: Int) -> LocalDate { LocalDate(daysSinceEpoch: daysSinceEpoch + days) }

  public static func < (left: LocalDate, right: LocalDate) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  private static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension LocalDate: CustomStringConvertible {
  /// `2017-12-31`
  public var description: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }
}

/// ISO 8601: Monday is 1.
public enum Weekday: Int, Sendable, Hashable, CaseIterable {
  case monday = 1
  case tuesday, wednesday, thursday, friday, saturday, sunday
}

/// A reading of the city's wall clock, without its offset to UTC.
public struct LocalDateTime: Sendable, Hashable, Comparable {
  public let date: LocalDate
  /// 0 to 86,399.
  public let secondOfDay: Int32
  /// 0 to 999,999.
  public let microsecond: Int32

  /// Nil when the clock has no such reading. 24:00 is the next day's 00:00 and not accepted here.
  public init?(date: LocalDate, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0) {
    guard (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second), (0..<1_000_000).contains(microsecond)
    else { return nil }
    self.date = date
    self.secondOfDay = Int32(hour * 3_600 + minute * 60 + second)
    self.microsecond = Int32(microsecond)
  }

  /// The reading of a clock that counts from 1970-01-01T00:00:00 in its own zone.
  init(secondsSinceEpoch seconds: Int64, microsecond: Int32) {
    date = LocalDate(daysSinceEpoch: Int(seconds.flooredQuotient(by: 86_400)))
    secondOfDay = Int32(seconds.flooredRemainder(by: 86_400))
    self.microsecond = microsecond
  }

  public var hour: Int { Int(secondOfDay) / 3_600 }
  public var minute: Int { Int(secondOfDay) / 60 % 60 }
  public var second: Int { Int(secondOfDay) % 60 }

  var secondsSinceEpoch: Int64 { Int64(date.daysSinceEpoch) * 86_400 + Int64(secondOfDay) }

  public static func < (left: LocalDateTime, right: LocalDateTime) -> Bool {
    (left.date, left.secondOfDay, left.microsecond) < (right.date, right.secondOfDay, right.microsecond)
  }
}

extension LocalDateTime: CustomStringConvertible {
  /// `2017-12-31T08:05:00`, with a fraction only where there is one.
  public var description: String {
    let whole = "\(date)T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
    return microsecond == 0 ? whole : whole + "." + padded(Int(microsecond), 6)
  }
}

/// Decimal digits with leading zeros.
func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number.magnitude)
  return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
}
