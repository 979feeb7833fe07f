/// The rule for all years after a zone file's last change, for instance `PST8PDT,M3.2.0,M11.1.0` (POSIX.1 TZ, RFC 8536 §3.3).
struct PosixTimeZoneRule: Sendable {
  private let standardOffset: Int32
  private let summer: Summer?

  private struct Summer: Sendable {
    let offset: Int32
    let start: Change
    let end: Change
  }

  /// When in a year the clocks change: a day and the second of that day's local time.
  struct Change: Sendable {
    enum Day: Sendable {
      case nthWeekday(month: Int, week: Int, weekday: Int)
      /// 1 to 365, 29 February never counted.
      case julian(Int)
      /// 0 to 365.
      case zeroBased(Int)
    }
    let day: Day
    let second: Int64
  }

  init?(_ text: String) {
    var scanner = Scanner(rest: Array(text.utf8)[...])
    guard scanner.name(), let west = scanner.offset() else { return nil }
    standardOffset = Int32(-west)
    guard scanner.name() else {
      summer = nil
      return
    }
    let summerOffset = scanner.offset().map { Int32(-$0) } ?? standardOffset + 3_600
    guard let start = scanner.change(), let end = scanner.change() else { return nil }
    summer = Summer(offset: summerOffset, start: start, end: end)
  }

  func offset(atSeconds seconds: Int64) -> Int32 {
    guard let summer else { return standardOffset }
    let lived = LocalDateTime(secondsSinceEpoch: seconds + Int64(standardOffset), microsecond: 0).date.year
    let year = min(max(lived, LocalDate.years.lowerBound), LocalDate.years.upperBound)
    let start = summer.start.localSeconds(in: year) - Int64(standardOffset)
    let end = summer.end.localSeconds(in: year) - Int64(summer.offset)
    let isSummer = start < end ? (start..<end).contains(seconds) : !(end..<start).contains(seconds)
    return isSummer ? summer.offset : standardOffset
  }

  private struct Scanner {
    var rest: ArraySlice<UInt8>

    mutating func take(_ character: Character) -> Bool {
      guard rest.first == character.asciiValue else { return false }
      rest.removeFirst()
      return true
    }

    mutating func name() -> Bool {
      if take("<") {
        guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
        rest = rest[(end + 1)...]
        return true
      }
      let letters = rest.prefix { $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") }
      rest = rest.dropFirst(letters.count)
      return letters.count >= 3
    }

    mutating func number() -> Int64? {
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.prefix(6)
      rest = rest.dropFirst(digits.count)
      return digits.isEmpty ? nil : digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func offset() -> Int64? {
      let sign: Int64 = take("-") ? -1 : 1
      if sign == 1 { _ = take("+") }
      guard var total = number().map({ $0 * 3_600 }) else { return nil }
      if take(":") {
        total += (number() ?? 0) * 60
        if take(":") { total += number() ?? 0 }
      }
      return sign * total
    }

    mutating func change() -> Change? {
      guard take(",") else { return nil }
      let day: Change.Day
      if take("M") {
        guard let month = number(), take("."), let week = number(), take("."), let weekday = number(),
          (1...12).contains(month), (1...5).contains(week), (0...6).contains(weekday)
        else { return nil }
        day = .nthWeekday(month: Int(month), week: Int(week), weekday: Int(weekday))
      } else if take("J") {
        guard let number = number() else { return nil }
        day = .julian(Int(number))
      } else {
        guard let number = number() else { return nil }
        day = .zeroBased(Int(number))
      }
      return Change(day: day, second: take("/") ? offset() ?? 7_200 : 7_200)
    }
  }
}

extension PosixTimeZoneRule.Change {
  func localSeconds(in year: Int) -> Int64 {
    let january = LocalDate(year: year, month: 1, day: 1)!
    let date: LocalDate
    switch day {
    case .nthWeekday(let month, let week, let weekday):
      let first = LocalDate(year: year, month: month, day: 1)!
      let shift = (weekday - first.weekday.rawValue % 7).flooredRemainder(by: 7)
      let candidate = first.adding(days: shift + (week - 1) * 7)
      date = candidate.month == month ? candidate : candidate.adding(days: -7)
    case .julian(let number):
      let isLeap = LocalDate(year: year, month: 2, day: 29) != nil
      date = january.adding(days: number - 1 + (isLeap && number > 59 ? 1 : 0))
    case .zeroBased(let number):
      date = january.adding(days: number)
    }
    return Int64(date.daysSinceEpoch) * 86_400 + second
  }
}
