import CityModel
import Testing

@Suite struct CityTimeZoneTests {
  @Test(arguments: [
    ("Asia/Shanghai", "2024-02-08T07:30:00", 28_800), ("America/Los_Angeles", "2017-12-31T23:59:58", -28_800),
    ("America/Los_Angeles", "2017-07-01T12:00:00", -25_200), ("America/Los_Angeles", "2045-07-01T12:00:00", -25_200),
    ("America/Los_Angeles", "2045-12-01T12:00:00", -28_800), ("Australia/Lord_Howe", "2050-01-01T00:00:00", 39_600),
    ("Asia/Kathmandu", "2024-01-01T00:00:00", 20_700), ("UTC", "2024-01-01T00:00:00", 0),
  ])
  func localTimes(zone: String, text: String, offset: Int) throws {
    let zone = try CityTimeZone(name: zone)
    let local = try #require(LocalDateTime(text))
    let instant = zone.instant(of: local)
    #expect(zone.offset(at: instant) == offset)
    #expect(zone.local(instant) == local)
  }

  /// 2017-03-12 02:00 → 03:00 and 2017-11-05 02:00 → 01:00 in Los Angeles.
  @Test func gapsAndOverlaps() throws {
    let zone = try CityTimeZone(name: "America/Los_Angeles")
    let gap = zone.instant(of: try #require(LocalDateTime("2017-03-12T02:30:00")))
    #expect(gap.description == "2017-03-12T10:30:00Z")
    #expect(zone.local(gap).description == "2017-03-12T03:30:00")
    let twice = zone.instant(of: try #require(LocalDateTime("2017-11-05T01:30:00")))
    #expect(twice.description == "2017-11-05T08:30:00Z")
  }

  @Test(arguments: ["America/Los_Angeles", "Asia/Shanghai", "Europe/Dublin", "Australia/Sydney", "Africa/Casablanca"])
  func localAndBack(name: String) throws {
    let zone = try CityTimeZone(name: name)
    var random = SeededRandom(1)
    for _ in 0..<3_000 {
      let instant = Instant(seconds: Int64.random(in: -1_000_000_000...4_000_000_000, using: &random))
      let back = zone.instant(of: zone.local(instant))
      #expect(zone.local(back) == zone.local(instant), "\(name) \(instant)")
      #expect(back <= instant)
    }
  }

  @Test(arguments: ["", "../etc/passwd", "Mars/Olympus", "/etc/passwd", "Europe"])
  func unknownNames(name: String) {
    #expect(throws: TimeZoneError.self) { try CityTimeZone(name: name) }
  }

  @Test func brokenFiles() throws {
    #expect(throws: TimeZoneError.self) { try CityTimeZone(name: "x", tzif: []) }
    #expect(throws: TimeZoneError.self) { try CityTimeZone(name: "x", tzif: Array("TZif2".utf8)) }
    #expect(throws: TimeZoneError.self) {
      try CityTimeZone(name: "x", tzif: Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15) + [UInt8](repeating: 255, count: 400))
    }
  }
}

extension LocalDateTime {
  /// `2017-12-31T08:05:00`
  init?(_ text: String) {
    let parts = text.split(separator: "T")
    guard parts.count == 2, let date = LocalDate(iso: String(parts[0])) else { return nil }
    let clock = parts[1].split(separator: ":").compactMap { Int($0) }
    guard clock.count == 3 else { return nil }
    self.init(date: date, hour: clock[0], minute: clock[1], second: clock[2])
  }
}
