import CityModel
import LifelineDomain
import Testing

@Suite struct SeriesGapsTests {
  private func gaps(_ times: [Int64], longest: Int64, from: Int64 = 0, until end: Int64) -> [SeriesGaps.Gap] {
    var gaps = SeriesGaps(longest: longest, from: from)
    for time in times { gaps.add(time) }
    return gaps.finish(at: end)
  }

  @Test func aPauseLongerThanAllowedIsAGap() {
    #expect(gaps([0, 10, 20, 31, 40], longest: 10, until: 50) == [.init(from: 20, before: 31)])
    #expect(gaps([0, 10], longest: 10, until: 20).isEmpty)
    #expect(gaps([15], longest: 10, until: 30) == [.init(from: 0, before: 15), .init(from: 15, before: 30)])
    #expect(gaps([], longest: 10, from: 5, until: 100) == [.init(from: 5, before: 100)])
    #expect(gaps([0, 1_000], longest: 0, until: 5_000).isEmpty, "nobody says how often it measures")
    #expect(
      gaps([10, 40], longest: 10, from: 10, until: 30) == [.init(from: 10, before: 40)], "what ends before the last reading adds none")
  }

  @Test func theLongestThousandAreTold() {
    var times: [Int64] = []
    var at: Int64 = 0
    for number in 1...5_000 {
      at += 10 + Int64(number)
      times.append(at)
    }
    let told = gaps(times, longest: 10, until: at)
    #expect(told.count == 1_000 && told == told.sorted { $0.from < $1.from })
    #expect(told.map { $0.before - $0.from } == (4_001...5_000).map { 10 + Int64($0) })
  }

  @Test func theSilenceLimitOrThreeIntervals() throws {
    func sensor(silence: Duration, interval: Duration) throws -> Sensor {
      let rule = try SensorRule(above: true, thresholds: [], silenceAfter: silence)
      return try Sensor(id: 1, code: "S", name: "", assetCode: "A", quantity: "", unit: "", rule: rule, interval: interval)
    }
    #expect(try sensor(silence: .seconds(90), interval: .seconds(60)).longestPause == 90_000_000)
    #expect(try sensor(silence: .zero, interval: .seconds(60)).longestPause == 180_000_000)
    #expect(try sensor(silence: .zero, interval: .zero).longestPause == 0)
  }
}
