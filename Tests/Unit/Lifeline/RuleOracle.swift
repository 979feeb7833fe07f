import CityModel
import LifelineDomain

/// The alarms of a whole series by the definition, reading by reading, looking back each time. Shares no code with the machine:
/// no state is carried but the severity itself.
struct RuleOracle {
  let above: Bool
  let limits: [(severity: Int16, limit: Double)]
  let hysteresis: Double
  let minDuration: Int64
  let silenceAfter: Int64
  let silenceSeverity: Int16

  struct Spell: Hashable, CustomStringConvertible {
    var cause: Int16
    var raised: Int64
    var closed: Int64?
    var peak: Int16
    var extreme: Double

    var description: String {
      "(\(cause == 1 ? "threshold" : "silence") \(raised)…\(closed.map(String.init) ?? "") peak \(peak) \(extreme))"
    }
  }

  func spells(_ series: [(at: Int64, value: Double)]) -> [Spell] {
    (silences(series) + excursions(series)).sorted { ($0.raised, $0.cause) < ($1.raised, $1.cause) }
  }

  private func silences(_ series: [(at: Int64, value: Double)]) -> [Spell] {
    guard silenceAfter > 0 else { return [] }
    return zip(series, series.dropFirst()).compactMap { older, newer in
      newer.at - older.at > silenceAfter
        ? Spell(cause: 2, raised: older.at + silenceAfter, closed: newer.at, peak: silenceSeverity, extreme: older.value) : nil
    }
  }

  private func excursions(_ series: [(at: Int64, value: Double)]) -> [Spell] {
    var spells: [Spell] = []
    var now: Int16 = 0
    for index in series.indices {
      let confirmed = limits.filter { held(series, index, $0.limit) }.map(\.severity).max() ?? 0
      let kept = limits.filter { $0.severity <= now && keeps(series[index].value, $0.limit) }.map(\.severity).max() ?? 0
      let next = max(confirmed, kept)
      if now == 0, next > 0 {
        let start = began(series, index)
        spells.append(Spell(cause: 1, raised: series[index].at, closed: nil, peak: next, extreme: worst(series[start...index])))
      } else if now > 0 {
        let last = spells.count - 1
        spells[last].peak = max(spells[last].peak, next)
        spells[last].extreme = worst([(at: Int64(0), value: spells[last].extreme), series[index]])
        if next == 0 { spells[last].closed = series[index].at }
      }
      now = next
    }
    return spells
  }

  /// Every reading from one at least `minDuration` ago up to this one is beyond the limit, and no gap was silent.
  private func held(_ series: [(at: Int64, value: Double)], _ index: Int, _ limit: Double) -> Bool {
    var back = index
    while back >= 0, beyond(series[back].value, limit) {
      if series[index].at - series[back].at >= minDuration { return true }
      guard back > 0, !isSilent(series, back) else { return false }
      back -= 1
    }
    return false
  }

  /// The first reading of the unbroken run beyond the mildest limit.
  private func began(_ series: [(at: Int64, value: Double)], _ index: Int) -> Int {
    var back = index
    while back > 0, !isSilent(series, back), beyond(series[back - 1].value, limits[0].limit) { back -= 1 }
    return back
  }

  private func isSilent(_ series: [(at: Int64, value: Double)], _ index: Int) -> Bool {
    silenceAfter > 0 && series[index].at - series[index - 1].at > silenceAfter
  }

  private func beyond(_ value: Double, _ limit: Double) -> Bool { above ? value >= limit : value <= limit }

  private func keeps(_ value: Double, _ limit: Double) -> Bool {
    beyond(value, limit) || (above ? value > limit - hysteresis : value < limit + hysteresis)
  }

  private func worst(_ readings: some Sequence<(at: Int64, value: Double)>) -> Double {
    readings.map(\.value).reduce(above ? -.infinity : .infinity) { above ? max($0, $1) : min($0, $1) }
  }

  var rule: SensorRule {
    get throws {
      try SensorRule(
        above: above, thresholds: limits.map { .init(Severity(rawValue: $0.severity)!, $0.limit) }, hysteresis: hysteresis,
        minDuration: .microseconds(minDuration), silenceAfter: .microseconds(silenceAfter),
        silenceSeverity: Severity(rawValue: silenceSeverity)!)
    }
  }
}

/// Folds a machine's facts into the oracle's form. The extreme of an alarm that stays open is in the state that the machine ends in.
func spells(_ run: (facts: [AlarmFact], state: SensorState)) -> [RuleOracle.Spell] {
  var spells: [RuleOracle.Spell] = []
  for fact in run.facts {
    if fact.change == .raised {
      spells.append(
        .init(
          cause: fact.cause.rawValue, raised: fact.at.microseconds, closed: nil, peak: fact.severity.rawValue, extreme: fact.peakValue))
      continue
    }
    let index = spells.lastIndex { $0.cause == fact.cause.rawValue }!
    spells[index].peak = max(spells[index].peak, fact.severity.rawValue)
    spells[index].extreme = fact.peakValue
    if fact.change == .closed { spells[index].closed = fact.at.microseconds }
  }
  if let open = spells.lastIndex(where: { $0.cause == 1 }), spells[open].closed == nil { spells[open].extreme = run.state.extreme }
  return spells.sorted { ($0.raised, $0.cause) < ($1.raised, $1.cause) }
}

/// SplitMix64: small, seedable, the same on every machine.
struct SeededRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

/// Runs a machine over a series cut into the given pieces. The state goes through its stored form at each cut.
func run(
  _ rule: SensorRule, _ series: [(at: Int64, value: Double)], cuts: [Int] = [], tickBefore: Bool = false
) -> (facts: [AlarmFact], state: SensorState) {
  var state = SensorState()
  var found: [AlarmFact] = []
  var start = 0
  for end in cuts + [series.count] {
    var machine = SensorMachine(rule: rule, state: state)
    var outcome = RunOutcome()
    let piece = series[start..<end]
    if tickBefore, let next = piece.first { machine.tick(now: Instant(microseconds: next.at), into: &outcome.facts) }
    let (times, values) = (piece.map(\.at), piece.map(\.value))
    machine.take(times, values, into: &outcome)
    found += outcome.facts
    state = machine.state
    start = end
  }
  return (found, state)
}

extension SensorMachine {
  mutating func take(_ times: [Int64], _ values: [Double], latest: Instant = .distantFuture, into outcome: inout RunOutcome) {
    let (timeSpan, valueSpan) = (times.span, values.span)
    take(times: timeSpan, values: valueSpan, latest: latest, into: &outcome)
  }
}
