import CityModel
import LifelineDomain
import Testing

@Suite struct AlarmTests {
  let sensor: Sensor
  let rule: SensorRule

  init() throws {
    rule = try SensorRule(
      above: true, thresholds: [.init(.yellow, 10), .init(.red, 20)], minDuration: .seconds(600), silenceAfter: .seconds(3_600))
    sensor = try Sensor(
      id: 7, code: "FLOW-1", name: "Brompton", assetCode: "RIVER", quantity: "flow", unit: "m³/s", rule: rule)
  }

  func ledger(_ readings: [(Int64, Double)], open: [Alarm] = []) -> AlarmLedger {
    var machine = SensorMachine(rule: rule)
    var outcome = RunOutcome()
    machine.take(readings.map { $0.0 * 1_000_000 }, readings.map(\.1), into: &outcome)
    var ledger = AlarmLedger(sensor: sensor, open: open)
    var made: UInt64 = 0
    ledger.record(outcome.facts, evidence: { "\($0.cause)" }) {
      made += 1
      return Identifier(high: 0, low: made)
    }
    ledger.settle(machine.state)
    return ledger
  }

  @Test func aRunMakesAlarmsAndTellsEachChange() {
    let ledger = ledger([(0, 12), (600, 12), (700, 25), (1_300, 25), (1_400, 5), (9_000, 12), (9_600, 13), (9_700, 19)])
    #expect(ledger.raised.map(\.cause) == [.threshold, .silence, .threshold])
    #expect(ledger.raised.map(\.state) == [.closed, .closed, .open])
    #expect(ledger.raised.map(\.peakSeverity) == [.red, .yellow, .yellow])
    #expect(ledger.raised.map(\.peakValue) == [25, 5, 19])
    #expect(ledger.changed.isEmpty)
    #expect(ledger.entries.map(\.change) == [.raised, .escalated, .closed, .raised, .closed, .raised])
    #expect(ledger.entries.map(\.alarm.peakValue) == [12, 25, 25, 5, 5, 13])
  }

  @Test func aStoredAlarmIsChangedNotMadeAgain() throws {
    let before = ledger([(0, 12), (600, 12)]).raised
    #expect(before.count == 1)
    var ledger = AlarmLedger(sensor: sensor, open: before)
    var machine = SensorMachine(rule: rule)
    var outcome = RunOutcome()
    machine.take([0, 600_000_000], [12, 12], into: &outcome)
    outcome = RunOutcome()
    machine.take([700_000_000], [15], into: &outcome)
    ledger.settle(machine.state)
    #expect(ledger.changed.values.map(\.peakValue) == [15])
    machine.take([800_000_000], [1], into: &outcome)
    ledger.record(outcome.facts, evidence: { _ in "" }, makeID: { Identifier(high: 9, low: 9) })
    #expect(ledger.raised.isEmpty)
    #expect(ledger.changed[before[0].id]?.closedAt == Instant(seconds: 800))
  }

  @Test func acknowledgedOnceAndOnlyWhileOpen() throws {
    let actor = AlarmActor(id: "d-1", role: "dispatcher", name: "王")
    let acknowledgement = Acknowledgement(actor: actor, note: "crew is on the way", at: Instant(seconds: 700))
    var open = ledger([(0, 12), (600, 12)]).raised[0]
    try open.acknowledge(acknowledgement)
    #expect(open.state == .acknowledged)
    #expect(throws: LifelineRefusal.alreadyAcknowledged(by: "王")) { try open.acknowledge(acknowledgement) }
    var closed = ledger([(0, 12), (600, 12), (700, 1)]).raised[0]
    #expect(throws: LifelineRefusal.alarmClosed) { try closed.acknowledge(acknowledgement) }
  }

  @Test func evidenceSaysItInBothLanguages() {
    let evidence = AlarmEvidence(sensor: sensor, timeZone: CityTimeZone(name: "Asia/Shanghai", fixedOffset: 8 * 3_600))
    let raised = AlarmFact(.raised, .threshold, .red, at: Instant(seconds: 600), beganAt: .epoch, peakValue: 25)
    let text = evidence.text(raised)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 2, "a page shows one of the two: \(text)")
    #expect(lines[0].contains("于1970年1月1日 08:10触发红色告警：测值达到或高于限值 20.0 m³/s，自1970年1月1日 08:00起越限，当时极值 25.0 m³/s"))
    #expect(lines[1].contains("raised a red alarm on 1 January 1970, 08:10: at or above the limit of 20.0 m³/s"))
    let easterly = evidence.text(AlarmFact(.raised, .threshold, .orange, at: Instant(seconds: 61), beganAt: .epoch, peakValue: 15))
    #expect(easterly.contains("08:01:01") && easterly.contains("raised an orange alarm"))
    let silent = AlarmFact(.raised, .silence, .yellow, at: Instant(seconds: 3_600), beganAt: .epoch, peakValue: 3)
    #expect(evidence.text(silent).contains("已超过1小时") && evidence.text(silent).contains("longer than 1 h"))
    #expect(evidence.text(silent).contains("自1970年1月1日 08:00起无数据"))
    #expect(evidence.readings([(.epoch, 1.5)]) == "1970-01-01 08:00:00  1.5 m³/s")
  }

  @Test func sensorsAndAssetsAreChecked() {
    #expect(throws: LifelineRefusal.self) { try Asset(code: "", name: "", kind: "", place: Place()) }
    #expect(throws: LifelineRefusal.self) { try Asset(code: "a\0b", name: "", kind: "", place: Place()) }
    #expect(throws: LifelineRefusal.self) {
      try Sensor(code: "s", name: "", assetCode: "", quantity: "", unit: "", rule: .none)
    }
    #expect(throws: LifelineRefusal.self) {
      try Sensor(code: "s", name: "", assetCode: "a", quantity: "", unit: "", rule: .none, interval: .seconds(-1))
    }
    #expect(sensor.caseKind == "lifeline-alarm")
  }
}

@Suite struct SeriesReducerTests {
  @Test(arguments: 0..<30 as Range<UInt64>)
  func keepsExtremesWithinTheLimit(seed: UInt64) {
    var random = SeededRandom(state: seed)
    let count = Int.random(in: 1...2_000, using: &random)
    var at: Int64 = 0
    let points = (0..<count).map { _ in
      at += Int64.random(in: 1...50, using: &random)
      return SeriesReducer.Point(at: at, value: Double.random(in: -9...9, using: &random))
    }
    let maxPoints = Int.random(in: 2...300, using: &random)
    var reducer = SeriesReducer(from: 0, before: at + 1, maxPoints: maxPoints)
    for point in points { reducer.add(point) }
    let kept = reducer.finish()
    #expect(kept.count <= maxPoints)
    #expect(zip(kept, kept.dropFirst()).allSatisfy { $0.at < $1.at })
    #expect(Set(kept).isSubset(of: Set(points)))
    #expect(kept.map(\.value).max() == points.map(\.value).max())
    #expect(kept.map(\.value).min() == points.map(\.value).min())
    if count <= maxPoints { #expect(kept == points) }
  }
}
