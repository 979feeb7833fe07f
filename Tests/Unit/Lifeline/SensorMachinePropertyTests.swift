import CityModel
import LifelineDomain
import Testing

/// Random rules over random walks, against the oracle and against themselves cut into pieces.
@Suite struct SensorMachinePropertyTests {
  struct Trial {
    var random: SeededRandom

    mutating func oracle() -> RuleOracle {
      let above = Bool.random(using: &random)
      let severities = (1...4).filter { _ in Bool.random(using: &random) }
      var limit = Double.random(in: -5...5, using: &random).rounded()
      let limits = severities.map { severity in
        limit += (above ? 1 : -1) * Double.random(in: 0.5...4, using: &random)
        return (severity: Int16(severity), limit: limit)
      }
      return RuleOracle(
        above: above, limits: limits, hysteresis: [0, 0, 0.5, 3].randomElement(using: &random)!,
        minDuration: [0, 0, 3, 10].randomElement(using: &random)!, silenceAfter: [0, 4, 12].randomElement(using: &random)!,
        silenceSeverity: Int16.random(in: 1...4, using: &random))
    }

    /// Values on a grid of halves, so that limits are often met exactly.
    mutating func series() -> [(at: Int64, value: Double)] {
      var (at, value) = (Int64(0), 0.0)
      return (0..<Int.random(in: 1...120, using: &random)).map { _ in
        at += [1, 1, 1, 2, 3, 5, 20].randomElement(using: &random)!
        value += (Double.random(in: -4...4, using: &random) * 2).rounded() / 2 - value * 0.1
        return (at, (value * 2).rounded() / 2)
      }
    }

    mutating func cuts(_ count: Int) -> [Int] {
      (0..<Int.random(in: 0...8, using: &random)).map { _ in Int.random(in: 0...count, using: &random) }.sorted()
    }
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func agreesWithTheDefinition(seed: UInt64) throws {
    var trial = Trial(random: SeededRandom(state: seed))
    for _ in 0..<50 {
      let (oracle, series) = (trial.oracle(), trial.series())
      let found = spells(run(try oracle.rule, series))
      #expect(found == oracle.spells(series), "seed \(seed): \(oracle) over \(series)")
    }
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func anyCutGivesTheSameFacts(seed: UInt64) throws {
    var trial = Trial(random: SeededRandom(state: 1_000 + seed))
    for _ in 0..<50 {
      let (rule, series) = (try trial.oracle().rule, trial.series())
      let whole = run(rule, series)
      #expect(run(rule, series, cuts: Array(1..<series.count)) == whole, "seed \(seed): one by one")
      #expect(run(rule, series, cuts: trial.cuts(series.count)) == whole, "seed \(seed): random cuts")
      #expect(run(rule, series, cuts: trial.cuts(series.count), tickBefore: true) == whole, "seed \(seed): with a clock")
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func factsOfOneCauseAlternate(seed: UInt64) throws {
    var trial = Trial(random: SeededRandom(state: 2_000 + seed))
    for _ in 0..<50 {
      let rule = try trial.oracle().rule
      for cause in AlarmCause.allCases {
        var open: Severity?
        for fact in run(rule, trial.series()).facts where fact.cause == cause {
          switch fact.change {
          case .raised: #expect(open == nil)
          case .escalated: #expect(open.map { $0 < fact.severity } == true)
          case .eased: #expect(open.map { $0 > fact.severity } == true)
          case .closed: #expect(open == fact.severity)
          }
          open = fact.change == .closed ? nil : fact.severity
          #expect(fact.beganAt <= fact.at)
        }
      }
    }
  }
}
