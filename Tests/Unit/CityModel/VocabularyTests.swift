import CityModel
import Testing

@Suite struct VocabularyTests {
  @Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999999Z"), (1_514_764_798_000_000, "2017-12-31T23:59:58Z"),
    (951_782_400_500_000, "2000-02-29T00:00:00.500000Z"),
  ])
  func instantsReadAsISO(microseconds: Int64, text: String) {
    #expect(Instant(microseconds: microseconds).description == text)
  }

  @Test func daysRoundTrip() {
    for day in stride(from: -800_000, through: 800_000, by: 13) {
      let date = LocalDate(daysSinceEpoch: day)
      #expect(date.daysSinceEpoch == day)
      #expect(LocalDate(year: date.year, month: date.month, day: date.day) == date)
    }
  }

  @Test func weeksStartOnMonday() throws {
    let sunday = try #require(LocalDate(iso: "2017-12-31"))
    #expect(sunday.weekday == .sunday)
    #expect(sunday.adding(days: 1).weekday == .monday)
    #expect(sunday.yyyymmdd == 20_171_231)
    #expect(LocalDate(iso: "2017-02-29") == nil)
    #expect(LocalDate(yyyymmdd: 20_240_229) != nil)
  }

  /// Whoever types one into an address must not stop a program.
  @Test(arguments: ["10000-01-01", "300000-01-01", "9223372036854775807-12-31", "-10000-01-01"])
  func daysBeyondTheCalendarAreNone(text: String) {
    #expect(LocalDate(iso: text) == nil)
  }

  @Test(arguments: [Instant(microseconds: .max), Instant(microseconds: .min), Instant(seconds: .max), Instant(seconds: .min)])
  func reckoningStaysWithinItsBounds(instant: Instant) throws {
    let isLate = instant.microseconds > 0
    #expect(instant.microseconds == (isLate ? .max : .min))
    for duration in [Duration.microseconds(1), .seconds(Int64.max)] {
      #expect((isLate ? instant + duration : instant - duration) == instant)
    }
    #expect((instant - Instant(seconds: isLate ? -1 : 1)).wholeMicroseconds == instant.microseconds)
    for zone in [CityTimeZone.utc, try CityTimeZone(name: "America/Los_Angeles"), CityTimeZone(name: "east", fixedOffset: 50_400)] {
      let date = zone.date(instant)
      #expect((.seconds(-172_800) ... .seconds(172_800)).contains(instant - zone.instant(of: date)))
      #expect(date.yyyymmdd == (isLate ? .max : .min))
    }
  }

  @Test func identifiersSortByTheirMaking() throws {
    var random = SeededRandom(7)
    var last = Identifier(high: 0, low: 0)
    for step in 0..<2_000 {
      let made = Identifier.v7(at: Instant(microseconds: 1_700_000_000_000_000 + Int64(step)), random: &random)
      #expect(made > last)
      #expect(Identifier(bytes: made.bytes) == made)
      #expect(Identifier(made.description) == made)
      #expect(made.bytes[6] >> 4 == 7 && made.bytes[8] >> 6 == 2)
      last = made
    }
    #expect(Identifier("01890a5d-ac96-774b-bcce-b302099a8057")?.description == "01890a5d-ac96-774b-bcce-b302099a8057")
    #expect(Identifier("01890a5d") == nil)
    #expect(Identifier(bytes: [1, 2]) == nil)
  }

  @Test func caseNumbersCatchWrongDigits() throws {
    let day = try #require(LocalDate(iso: "2017-12-31"))
    let number = CaseNumber(day: day, sequence: 1_004_217)
    #expect(number.description.hasPrefix("171231-004217-"))
    #expect(CaseNumber(parsing: number.description) == number)
    #expect(CaseNumber(parsing: number.description.filter { $0 != "-" }) == number)
    let digits = Array(number.description)
    for position in digits.indices where digits[position] != "-" {
      for wrong in "0123456789" where wrong != digits[position] {
        var typed = digits
        typed[position] = wrong
        #expect(CaseNumber(parsing: String(typed)) == nil)
      }
    }
    #expect(CaseNumber(parsing: "171231-004217") == nil)
    #expect(CaseNumber(parsing: "１７1231-004217-1") == nil)
  }

  @Test func distancesAreMetres() {
    let people = GeoPoint(longitude: 116.397, latitude: 39.909)
    let north = GeoPoint(longitude: 116.397, latitude: 39.909 + 50 / GeoPoint.metresPerDegree)
    #expect(abs(people.distance(to: north) - 50) < 0.001)
    let east = GeoPoint(longitude: 116.397 + 50 / people.metresPerDegreeOfLongitude, latitude: 39.909)
    #expect(abs(people.distance(to: east) - 50) < 0.001)
    #expect(!GeoPoint(longitude: 0, latitude: 0).isValid)
    #expect(!GeoPoint(longitude: .nan, latitude: 1).isValid)
  }

  @Test func manualClockStandsStill() {
    let clock = ManualClock(Instant(seconds: 10))
    clock.advance(by: .milliseconds(1_500))
    #expect(clock.now() == Instant(microseconds: 11_500_000))
  }
}
