import CityModel
import LifelineDomain
import Testing

/// Real series against the oracle. The traffic series are bundled; the river's may only be measured, so its test runs where the shared
/// data lies.
@Suite struct RealSeriesTests {
  static let minute: Int64 = 60_000_000
  static let river = SeriesFile.repository + "/../shared/data/sensors/brompton_flow_2003-2010.csv.gz"

  @Test(arguments: ["occupancy_6005", "speed_6005", "speed_t4013", "TravelTime_387"])
  func trafficAlarmsAreThoseOfTheDefinition(name: String) throws {
    let path = SeriesFile.repository + "/Services/Chengyun/Examples/traffic/\(name).csv"
    let series = try #require(SeriesFile.read(path))
    #expect(series.count > 2_000)
    let low = name.hasPrefix("speed")
    let limits: [(Int16, Double)] =
      low ? [(2, 62), (3, 50), (4, 25)] : name.hasPrefix("occ") ? [(2, 13), (4, 16)] : [(2, 600), (3, 1_500), (4, 3_000)]
    let oracle = RuleOracle(
      above: !low, limits: limits.map { (severity: $0.0, limit: $0.1) }, hysteresis: low ? 5 : 1, minDuration: 5 * Self.minute,
      silenceAfter: 60 * Self.minute, silenceSeverity: 2)
    // A few readings of the files stand out of order or are repeated: late, by definition.
    var newest = Int64.min
    let fresh = series.filter { reading in
      defer { newest = max(newest, reading.at) }
      return reading.at > newest
    }
    let found = run(try oracle.rule, series)
    #expect(spells(found) == oracle.spells(fresh))
    #expect(spells(found).contains { $0.cause == 1 } && spells(found).contains { $0.cause == 2 })
    #expect(run(try oracle.rule, series, cuts: Array(stride(from: 17, to: series.count, by: 17))) == found)
  }

  @Test(.enabled(if: SeriesFile.read(river) != nil, "the shared river series is not here"))
  func riverFloodsAndSilencesAreThoseOfTheDefinition() throws {
    let series = try #require(SeriesFile.read(Self.river))
    let oracle = RuleOracle(
      above: true, limits: [(1, 0.0006), (2, 0.001), (3, 0.0015), (4, 0.002)].map { (severity: $0.0, limit: $0.1) },
      hysteresis: 0.0001, minDuration: 30 * Self.minute, silenceAfter: 60 * Self.minute, silenceSeverity: 2)
    let found = run(try oracle.rule, series)
    let alarms = spells(found)
    #expect(series.count > 200_000)
    #expect(alarms == oracle.spells(series))
    #expect(alarms.contains { $0.cause == 1 } && alarms.contains { $0.cause == 2 })
    #expect(run(try oracle.rule, series, cuts: Array(stride(from: 997, to: series.count, by: 997)), tickBefore: true) == found)
  }
}
