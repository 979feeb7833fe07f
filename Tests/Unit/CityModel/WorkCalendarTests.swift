import CityModel
import Testing

/// Spring Festival 2024: 10 to 17 February off, Sunday 4 and Sunday 18 February worked (State Council notice of 2023-10-25).
@Suite struct WorkCalendarTests {
  static let shanghai = try! CityTimeZone(name: "Asia/Shanghai")

  static func springFestival(_ zone: CityTimeZone = shanghai) throws -> WorkCalendar {
    try WorkCalendar(
      timeZone: zone,
      holidays: (10...17).map { Holiday(date: LocalDate(year: 2024, month: 2, day: $0)!, name: "春节") },
      workedWeekends: [LocalDate(year: 2024, month: 2, day: 4)!, LocalDate(year: 2024, month: 2, day: 18)!], covering: 2023...2025)
  }

  @Test(arguments: [
    ("2024-02-08T15:30:00", 4, LimitUnit.urgentHour, "2024-02-08T19:30:00"),
    ("2024-02-08T15:30:00", 4, .workingHour, "2024-02-09T09:30:00"),
    ("2024-02-08T15:30:00", 2, .workingDay, "2024-02-18T15:30:00"),
    ("2024-02-09T18:00:00", 1, .workingHour, "2024-02-18T09:00:00"),
    ("2024-02-09T14:00:00", 4, .workingHour, "2024-02-09T18:00:00"),
    ("2024-02-03T10:00:00", 8, .workingHour, "2024-02-04T18:00:00"),
    ("2024-02-08T12:30:45", 1, .workingHour, "2024-02-08T15:00:00"),
    ("2024-02-08T08:00:01", 4, .workingHour, "2024-02-08T14:00:01"),
    ("2024-02-28T09:10:11", 3, .naturalDay, "2024-03-02T09:10:11"),
    ("2024-02-08T15:30:00", 0, .workingDay, "2024-02-08T15:30:00"),
  ])
  func deadlines(from: String, limit: Int, unit: LimitUnit, due: String) throws {
    let calendar = try Self.springFestival()
    let start = Self.shanghai.instant(of: try #require(LocalDateTime(from)))
    let deadline = calendar.deadline(from: start, limit: limit, unit: unit)
    #expect(Self.shanghai.local(deadline.due).description == due)
    #expect(deadline.due == calendar.due(from: start, limit: limit, unit: unit))
    #expect(deadline.intervals.reduce(Duration.zero) { $0 + $1.duration } == calendar.counted(unit, from: start, to: deadline.due))
  }

  @Test func explains() throws {
    let calendar = try Self.springFestival()
    let start = Self.shanghai.instant(of: try #require(LocalDateTime("2024-02-08T15:30:00")))
    let explanation = calendar.deadline(from: start, limit: 2, unit: .workingDay).explanation
    #expect(
      explanation.chinese
        == "时限2个工作日（每日8个工作时），自2024-02-08 15:30起算；2024-02-08 15:30–18:00计2小时30分；2024-02-09 08:00–12:00、14:00–18:00计8小时；"
        + "2024-02-18 08:00–12:00、14:00–15:30计5小时30分；不计：2024-02-10至2024-02-17 春节；2024-02-18 15:30到期。")
    #expect(
      explanation.english
        == "Limit 2 working days of 8 working hours, counted from 2024-02-08 15:30; 2024-02-08 15:30–18:00: 2 h 30 min; "
        + "2024-02-09 08:00–12:00, 14:00–18:00: 8 h; 2024-02-18 08:00–12:00, 14:00–15:30: 5 h 30 min; "
        + "not counted: 2024-02-10 to 2024-02-17 春节; due 2024-02-18 15:30.")
  }

  /// A pause over a weekend takes no working time away; the same pause takes 64 urgent hours.
  @Test func pauseOverAWeekend() throws {
    let calendar = WorkCalendar(timeZone: Self.shanghai)
    func at(_ text: String) throws -> Instant { Self.shanghai.instant(of: try #require(LocalDateTime(text))) }
    let start = try at("2024-03-08T16:00:00")
    let pause = try at("2024-03-08T18:00:00")..<at("2024-03-11T08:00:00")
    #expect(
      calendar.due(from: start, limit: 8, unit: .workingHour, pauses: [pause]) == calendar.due(from: start, limit: 8, unit: .workingHour))
    #expect(try calendar.due(from: start, limit: 8, unit: .urgentHour, pauses: [pause]) == at("2024-03-11T14:00:00"))
    let inWork = try at("2024-03-08T17:00:00")..<at("2024-03-11T10:00:00")
    #expect(try calendar.due(from: start, limit: 2, unit: .workingHour, pauses: [inWork]) == at("2024-03-11T11:00:00"))
  }

  @Test func clockChangeInsideAShift() throws {
    let zone = try CityTimeZone(name: "America/Los_Angeles")
    let night = try #require(WorkingHours([.init(start: 0, end: 6 * 3_600)]))
    let calendar = try WorkCalendar(timeZone: zone, hours: night, weekdays: Set(Weekday.allCases), covering: 2017...2018)
    func at(_ text: String) throws -> Instant { zone.instant(of: try #require(LocalDateTime(text))) }
    #expect(try calendar.workingTime(from: at("2017-03-12T00:00:00"), to: at("2017-03-12T06:00:00")) == .seconds(5 * 3_600))
    #expect(try calendar.workingTime(from: at("2017-11-05T00:00:00"), to: at("2017-11-05T06:00:00")) == .seconds(7 * 3_600))
    #expect(try calendar.due(from: at("2017-03-12T00:00:00"), limit: 4, unit: .workingHour) == at("2017-03-12T05:00:00"))
  }

  @Test func refusesNonsense() throws {
    let day = LocalDate(year: 2024, month: 2, day: 10)!
    #expect(throws: CalendarError.holidayAndWorked(day)) {
      try WorkCalendar(timeZone: .utc, holidays: [Holiday(date: day, name: "x")], workedWeekends: [day])
    }
    #expect(throws: CalendarError.noWorkingTime) { try WorkCalendar(timeZone: .utc, weekdays: []) }
    #expect(WorkingHours([.init(start: 5, end: 5)]) == nil)
    #expect(WorkingHours([.init(start: 0, end: 10), .init(start: 9, end: 20)]) == nil)
  }

  /// Against an oracle that walks minute by minute and knows nothing of sums: 3 cities, random calendars, inside and beyond the range.
  @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6])
  func agreesWithCountingMinutes(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let zone = try CityTimeZone(name: ["Asia/Shanghai", "America/Los_Angeles", "Australia/Lord_Howe"][Int(seed % 3)])
    let calendar = try Self.randomCalendar(zone, &random)
    for _ in 0..<25 {
      let start = Instant(seconds: Int64.random(in: 1_480_000_000...1_580_000_000, using: &random) / 60 * 60)
      let minutes = Int.random(in: 1...4_000, using: &random)
      let due = calendar.advance(start, byWorking: .seconds(minutes * 60))
      let counted = Self.workedMinutes(calendar, from: start, to: due)
      #expect(counted == minutes, "seed \(seed) from \(start)")
      #expect(Self.workedMinutes(calendar, from: due - .seconds(60), to: due) == 1, "the last minute before the deadline counts")
      #expect(calendar.workingTime(from: start, to: due) == .seconds(minutes * 60))
      #expect(calendar.workingTime(from: due, to: start) == .seconds(-minutes * 60))
    }
  }

  /// due(with pauses) is where the unpaused working minutes reach the limit.
  @Test(arguments: [UInt64(11), 12, 13])
  func pausesAgreeWithCountingMinutes(seed: UInt64) throws {
    var random = SeededRandom(seed)
    let calendar = try Self.randomCalendar(Self.shanghai, &random)
    for _ in 0..<10 {
      let start = Instant(seconds: Int64.random(in: 1_490_000_000...1_570_000_000, using: &random) / 60 * 60)
      let pauses = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        let from = start + .seconds(Int64.random(in: -1_000...8_000, using: &random) * 60)
        return from..<(from + .seconds(Int64.random(in: 0...6_000, using: &random) * 60))
      }
      let limit = Int.random(in: 1...30, using: &random)
      let due = calendar.due(from: start, limit: limit, unit: .workingHour, pauses: pauses)
      #expect(Self.workedMinutes(calendar, from: start, to: due, except: pauses) == limit * 60, "seed \(seed) from \(start)")
      let deadline = calendar.deadline(from: start, limit: limit, unit: .workingHour, pauses: pauses)
      #expect(deadline.intervals.reduce(Duration.zero) { $0 + $1.duration } == .seconds(limit * 3_600))
    }
  }

  private static func randomCalendar(_ zone: CityTimeZone, _ random: inout SeededRandom) throws -> WorkCalendar {
    func day(_ random: inout SeededRandom) -> LocalDate { LocalDate(daysSinceEpoch: Int.random(in: 17_200...18_000, using: &random)) }
    let holidays = (0..<60).map { _ in Holiday(date: day(&random), name: "holiday") }
    let worked = Set((0..<40).map { _ in day(&random) }).subtracting(holidays.map(\.date))
    let summer = WorkingHours([.init(start: 7 * 3_600, end: 11 * 3_600 + 1_800), .init(start: 22 * 3_600, end: 86_400)])!
    return try WorkCalendar(
      timeZone: zone,
      seasons: [WorkingSeason(firstDay: 601, lastDay: 831, hours: summer), WorkingSeason(firstDay: 1_115, lastDay: 228, hours: .standard)],
      holidays: holidays, workedWeekends: worked, covering: 2017...2018)
  }

  private static func workedMinutes(_ calendar: WorkCalendar, from start: Instant, to end: Instant, except pauses: [Range<Instant>] = [])
    -> Int
  {
    var minute = start
    var count = 0
    while minute < end {
      let local = calendar.timeZone.local(minute)
      let works =
        calendar.holidays[local.date] == nil
        && (calendar.weekdays.contains(local.date.weekday) || calendar.workedWeekends.contains(local.date))
      let monthDay = local.date.month * 100 + local.date.day
      let season = calendar.seasons.first {
        $0.firstDay <= $0.lastDay ? ($0.firstDay...$0.lastDay).contains(monthDay) : monthDay >= $0.firstDay || monthDay <= $0.lastDay
      }
      let shifts = (season?.hours ?? calendar.hours).shifts
      if works, shifts.contains(where: { $0.start <= Int(local.secondOfDay) && Int(local.secondOfDay) < $0.end }),
        !pauses.contains(where: { $0.contains(minute) })
      {
        count += 1
      }
      minute += .seconds(60)
    }
    return count
  }
}
