import CityModel
import LifelineDomain
import Testing

@Suite struct SensorMachineTests {
  static let minute: Int64 = 60_000_000

  /// Minutes and values in, what happened out: "raised yellow 3".
  func story(_ rule: SensorRule, _ readings: [(Int64, Double)]) -> [String] {
    run(rule, readings.map { (at: $0.0 * Self.minute, value: $0.1) }).facts.map {
      "\($0.cause == .silence ? "silence " : "")\($0.change) \($0.severity.name) \($0.at.microseconds / Self.minute)"
    }
  }

  func rule(
    _ thresholds: [SensorRule.Threshold], above: Bool = true, hysteresis: Double = 0, minutes: Int64 = 0, silence: Int64 = 0
  ) throws -> SensorRule {
    try SensorRule(
      above: above, thresholds: thresholds, hysteresis: hysteresis, minDuration: .seconds(minutes * 60),
      silenceAfter: .seconds(silence * 60))
  }

  @Test func raisesAtTheReadingThatProvesTheDuration() throws {
    let rule = try rule([.init(.yellow, 10)], minutes: 10)
    #expect(story(rule, [(0, 9), (1, 10), (6, 11), (10, 12), (11, 10), (20, 9)]) == ["raised yellow 11", "closed yellow 20"])
  }

  @Test func aReadingInsideTheLimitStartsTheDurationAnew() throws {
    let rule = try rule([.init(.yellow, 10)], minutes: 10)
    #expect(story(rule, [(0, 10), (5, 9.9), (6, 10), (12, 10), (16, 10)]) == ["raised yellow 16"])
  }

  @Test func escalatesEasesAndClosesWithHysteresis() throws {
    let rule = try rule([.init(.blue, 10), .init(.yellow, 20), .init(.red, 40)], hysteresis: 2)
    let seen = story(rule, [(0, 10), (1, 25), (2, 45), (3, 38.5), (4, 38), (5, 19), (6, 18), (7, 8.1), (8, 8)])
    #expect(
      seen == ["raised blue 0", "escalated yellow 1", "escalated red 2", "eased yellow 4", "eased blue 6", "closed blue 8"])
  }

  @Test func anEasedAlarmMustProveTheWorseSeverityAgain() throws {
    let rule = try rule([.init(.blue, 10), .init(.red, 40)], minutes: 2)
    let seen = story(rule, [(0, 50), (2, 50), (3, 20), (4, 50), (5, 50), (6, 50), (7, 0)])
    #expect(seen == ["raised red 2", "eased blue 3", "escalated red 6", "closed red 7"])
  }

  @Test func belowIsTheMirror() throws {
    let rule = try rule([.init(.yellow, 3), .init(.red, 1)], above: false, hysteresis: 0.5)
    #expect(
      story(rule, [(0, 3.1), (1, 3), (2, 0.5), (3, 1.4), (4, 1.5), (5, 3.5)])
        == ["raised yellow 1", "escalated red 2", "eased yellow 4", "closed yellow 5"])
  }

  @Test func thePeakIsTheMostExtremeValueSinceTheConditionBegan() throws {
    let rule = try rule([.init(.yellow, 10)], hysteresis: 5, minutes: 2)
    let series: [(at: Int64, value: Double)] = [(0, 30), (1, 11), (2, 12), (3, 7), (4, 40), (5, 4)].map { ($0.0 * Self.minute, $0.1) }
    let found = run(rule, series).facts
    #expect(found.map(\.peakValue) == [30, 40])
    #expect(found.map(\.beganAt) == [.epoch, .epoch])
  }

  @Test func aGapIsSilenceAndBreaksWhatHadNotBeenProved() throws {
    let rule = try rule([.init(.yellow, 10)], minutes: 10, silence: 30)
    #expect(
      story(rule, [(0, 10), (5, 10), (40, 10), (45, 10), (50, 10), (80, 10)])
        == ["silence raised yellow 35", "silence closed yellow 40", "raised yellow 50"])
  }

  @Test func anOpenAlarmStaysOpenThroughSilence() throws {
    let rule = try rule([.init(.red, 10)], silence: 30)
    #expect(
      story(rule, [(0, 11), (100, 11), (101, 1)])
        == ["raised red 0", "silence raised yellow 30", "silence closed yellow 100", "closed red 101"])
  }

  @Test func aGapOfExactlyTheTimeOfSilenceIsNotSilence() throws {
    let rule = try rule([], silence: 30)
    #expect(story(rule, [(0, 1), (30, 1), (60, 1)]).isEmpty)
  }

  @Test func theClockFindsSilenceOnce() throws {
    var machine = SensorMachine(rule: try rule([], silence: 30))
    var found: [AlarmFact] = []
    machine.tick(now: Instant(seconds: 1_000_000), into: &found)
    #expect(found.isEmpty, "a sensor that never reported is not silent")
    var outcome = RunOutcome()
    machine.take([0], [1], into: &outcome)
    machine.tick(now: Instant(seconds: 1_800), into: &found)
    #expect(found.isEmpty)
    machine.tick(now: Instant(seconds: 1_801), into: &found)
    machine.tick(now: Instant(seconds: 9_999), into: &found)
    #expect(found.map(\.at) == [Instant(seconds: 1_800)])
    // A reading taken before the silence began, delivered after it was found.
    machine.take([600 * 1_000_000], [1], into: &outcome)
    #expect(outcome.facts.map(\.change) == [.closed])
    #expect(outcome.facts.map(\.at) == [Instant(seconds: 1_800)])
    #expect(machine.state.silenceDeadline(machine.rule) == Instant(seconds: 2_400))
  }

  @Test func lateAndRepeatedReadingsChangeNothing() throws {
    var machine = SensorMachine(rule: try rule([.init(.red, 10)]))
    var outcome = RunOutcome()
    machine.take([5, 5, 3, 6], [1, 99, 99, 2], into: &outcome)
    #expect(outcome.late == [1, 2])
    #expect(outcome.fresh == 2)
    #expect(outcome.facts.isEmpty)
    #expect(machine.state.lastValue == 2)
    #expect(!outcome.isWhollyFresh)
  }

  @Test func refusesWhatIsNoReading() throws {
    var machine = SensorMachine(rule: try rule([.init(.red, 10)]))
    var outcome = RunOutcome()
    let times: [Int64] = [1, 2, 3, .min, 5, 1_000, 6]
    let values: [Double] = [.nan, .infinity, -.infinity, 1, 2, 3, 4]
    machine.take(times, values, latest: Instant(microseconds: 100), into: &outcome)
    #expect(outcome.refused.map(\.index) == [0, 1, 2, 3, 5])
    #expect(outcome.refused.map(\.reason) == [.notANumber, .notANumber, .notANumber, .impossibleTime, .impossibleTime])
    #expect(outcome.fresh == 2)
    #expect(machine.state.lastAt == Instant(microseconds: 6))
  }

  @Test func aChangedRuleJudgesTheNextReading() throws {
    var machine = SensorMachine(rule: try rule([.init(.yellow, 10), .init(.red, 20)]))
    var outcome = RunOutcome()
    machine.take([1], [25], into: &outcome)
    var state = machine.state
    state.ruleChanged()
    machine = SensorMachine(rule: try rule([.init(.yellow, 24)]), state: state)
    machine.take([2, 3], [25, 9], into: &outcome)
    #expect(outcome.facts.map(\.change) == [.raised, .eased, .closed])
    #expect(outcome.facts.map(\.severity) == [.red, .yellow, .yellow])
  }
}

@Suite struct SensorRuleTests {
  @Test(arguments: [
    [(Severity.yellow, 10.0), (.yellow, 20)], [(.red, 10), (.blue, 20)], [(.blue, 10), (.red, 10)], [(.blue, 10), (.red, 5)],
    [(.blue, .nan)], [(.blue, .infinity)],
  ])
  func refusesLimitsOutOfOrder(_ limits: [(Severity, Double)]) {
    #expect(throws: LifelineRefusal.self) { try SensorRule(above: true, thresholds: limits.map { .init($0.0, $0.1) }) }
  }

  @Test func refusesImpossibleNumbers() {
    #expect(throws: LifelineRefusal.self) { try SensorRule(above: true, thresholds: [], hysteresis: -1) }
    #expect(throws: LifelineRefusal.self) { try SensorRule(above: true, thresholds: [], minDuration: .seconds(-1)) }
    #expect(throws: LifelineRefusal.self) { try SensorRule(above: true, thresholds: [], silenceAfter: .seconds(400 * 86_400)) }
    #expect(throws: Never.self) { try SensorRule(above: false, thresholds: [.init(.blue, 2), .init(.red, 1)]) }
  }
}
