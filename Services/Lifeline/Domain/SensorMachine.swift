package import CityModel

/// A sensor's rule at work: readings and the clock in, alarm facts out.
///
/// - Readings are judged in the order in which they arrive. One that is not newer than the newest so far is *late*: it is stored by the
///   caller but changes no alarm. So the facts depend on the sequence of readings only, never on how it was cut into runs.
/// - A severity is *confirmed* by a reading when that reading and all before it, back to one at least `minDuration` older, are at or
///   beyond its limit. The alarm is raised at the reading that proves it.
/// - An open alarm keeps a severity until the value is inside its limit by more than nothing and by at least the hysteresis. It rises to
///   a worse severity when that is confirmed, eases to a milder one when only that is still kept, and closes when none is.
/// - A gap between two readings longer than `silenceAfter` is an alarm raised at the older one plus `silenceAfter`, closed at the newer
///   one. The clock may find it earlier, with the same facts. What nobody watched has not held: the gap starts `minDuration` anew. An
///   open threshold alarm stays open through silence.
/// - NaN, infinities and impossible times are refused one by one.
package struct SensorMachine: Sendable {
  package let rule: SensorRule
  package private(set) var state: SensorState

  /// Limits by severity, turned so that more is worse; infinity where there is none.
  private let limits: SIMD4<Double>
  /// What an open alarm keeps its severity above.
  private let releases: SIMD4<Double>
  private let mildest: Double
  private let sign: Double
  private let minDuration: Int64
  private let silenceAfter: Int64

  package init(rule: SensorRule, state: SensorState = SensorState()) {
    self.rule = rule
    self.state = state
    sign = rule.above ? 1 : -1
    var limits = SIMD4<Double>(repeating: .infinity)
    for threshold in rule.thresholds { limits[threshold.severity.step] = sign * threshold.limit }
    self.limits = limits
    releases = limits - rule.hysteresis
    mildest = limits.min()
    minDuration = rule.minDuration.wholeMicroseconds
    silenceAfter = rule.silenceAfter > .zero ? rule.silenceAfter.wholeMicroseconds : .max
  }

  /// Judges a run of readings: `times` in microseconds UTC and `values`, equally long.
  ///
  /// - Parameter latest: later readings are refused: a sensor with a wrong clock must not make all its good readings late.
  package mutating func take(times: Span<Int64>, values: Span<Double>, latest: Instant = .distantFuture, into outcome: inout RunOutcome) {
    precondition(times.count == values.count)
    var lastAt = state.lastAt?.microseconds ?? .min
    var quiet = isQuiet
    for index in times.indices {
      let (at, value) = (times[index], values[index])
      guard value.isFinite, at >= Self.earliest.microseconds, at <= latest.microseconds else {
        outcome.refused.append(.init(index: index, reason: value.isFinite ? .impossibleTime : .notANumber))
        continue
      }
      guard at > lastAt else {
        outcome.late.append(index)
        continue
      }
      let gapped = lastAt != .min && at - lastAt > silenceAfter
      if !quiet || gapped || sign * value >= mildest {
        if gapped { breakSilence(at: at, &outcome.facts) } else { endSilence(at: at, &outcome.facts) }
        judge(at, value, &outcome.facts)
        quiet = isQuiet
      }
      lastAt = at
      state.lastAt = Instant(microseconds: at)
      state.lastValue = value
      outcome.fresh += 1
    }
  }

  /// The clock says that no reading older than `now` is still to come.
  package mutating func tick(now: Instant, into facts: inout [AlarmFact]) {
    guard let deadline = state.silenceDeadline(rule), deadline < now else { return }
    raiseSilence(&facts)
  }

  /// Readings before this are a broken clock (1900-01-01).
  package static let earliest = Instant(seconds: -2_208_988_800)

  // MARK: silence

  private var isQuiet: Bool {
    state.severity == nil && state.silentSince == nil && state.heldSince.min() == SensorState.notHeld
  }

  private mutating func breakSilence(at: Int64, _ facts: inout [AlarmFact]) {
    if state.silentSince == nil { raiseSilence(&facts) }
    state.heldSince = SIMD4(repeating: SensorState.notHeld)
    endSilence(at: at, &facts)
  }

  private mutating func raiseSilence(_ facts: inout [AlarmFact]) {
    guard let lastAt = state.lastAt else { return }
    let since = lastAt + rule.silenceAfter
    state.silentSince = since
    facts.append(AlarmFact(.raised, .silence, rule.silenceSeverity, at: since, beganAt: lastAt, peakValue: state.lastValue))
  }

  /// A reading that was taken before the alarm was raised, and delivered after it, closes it at the instant at which it was raised.
  private mutating func endSilence(at: Int64, _ facts: inout [AlarmFact]) {
    guard let since = state.silentSince, let lastAt = state.lastAt else { return }
    state.silentSince = nil
    let closed = max(since, Instant(microseconds: at))
    facts.append(AlarmFact(.closed, .silence, rule.silenceSeverity, at: closed, beganAt: lastAt, peakValue: state.lastValue))
  }

  // MARK: thresholds

  private mutating func judge(_ at: Int64, _ value: Double, _ facts: inout [AlarmFact]) {
    let badness = sign * value
    follow(at, value, badness)
    let before = state.severity
    let now = worse(confirmed(at), before.flatMap { kept(badness, upTo: $0) })
    state.severity = now
    let change: AlarmChange? =
      switch (before, now) {
      case (nil, nil): nil
      case (nil, .some): .raised
      case (.some, nil): .closed
      case (let before?, let now?): now > before ? .escalated : now < before ? .eased : nil
      }
    guard let change, let severity = now ?? before else { return }
    let moment = Instant(microseconds: at)
    facts.append(AlarmFact(change, .threshold, severity, at: moment, beganAt: state.beganAt, peakValue: state.extreme))
  }

  /// Keeps the times since which each limit has been passed, and the excursion's extreme.
  private mutating func follow(_ at: Int64, _ value: Double, _ badness: Double) {
    let idle = state.severity == nil && state.heldSince.min() == SensorState.notHeld
    let beyond = limits .<= SIMD4(repeating: badness)
    let starting = beyond .& (state.heldSince .== SensorState.notHeld)
    state.heldSince.replace(with: at, where: starting)
    state.heldSince.replace(with: SensorState.notHeld, where: .!beyond)
    if idle {
      state.beganAt = Instant(microseconds: at)
      state.extreme = value
    } else if badness > sign * state.extreme {
      state.extreme = value
    }
  }

  private func confirmed(_ at: Int64) -> Severity? {
    for severity in Severity.allCases.reversed() {
      let since = state.heldSince[severity.step]
      if since != SensorState.notHeld, at - since >= minDuration { return severity }
    }
    return nil
  }

  private func kept(_ badness: Double, upTo worst: Severity) -> Severity? {
    var step = worst.step
    while step >= 0 {
      if badness >= limits[step] || badness > releases[step] { return Severity(step: step) }
      step -= 1
    }
    return nil
  }

  private func worse(_ left: Severity?, _ right: Severity?) -> Severity? {
    guard let left, let right else { return left ?? right }
    return max(left, right)
  }
}

/// What came of a run of readings.
package struct RunOutcome: Sendable {
  package enum Reason: Sendable, Hashable {
    case notANumber
    case impossibleTime
  }
  package struct Refused: Sendable, Hashable {
    package var index: Int
    package var reason: Reason
  }

  package var facts: [AlarmFact] = []
  /// Readings that were newer than all before them.
  package var fresh = 0
  /// Positions in the run of readings that are not newer than the newest: to be stored unless their instant is there already.
  package var late: [Int] = []
  package var refused: [Refused] = []

  package init() {}

  /// Every reading of the run is newer than what is stored: no instant can be there already.
  package var isWhollyFresh: Bool { late.isEmpty && refused.isEmpty }
}
