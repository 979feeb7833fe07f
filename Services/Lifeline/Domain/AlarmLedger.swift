package import CityModel

/// Turns the facts of one sensor into alarms: which are new, which changed, and what to tell the world, in order.
package struct AlarmLedger: Sendable {
  package struct Entry: Sendable, Hashable {
    package var change: AlarmChange
    /// As it stood right after the change.
    package var alarm: Alarm
    package var at: Instant
  }

  private let sensor: Sensor
  private var open: [AlarmCause: Alarm]
  /// Alarms that did not exist before, as they stand now, in the order in which they were raised.
  package var raised: [Alarm] { raisedIDs.compactMap { current[$0] } }
  /// Alarms that existed before and are different now.
  package private(set) var changed: [Identifier: Alarm] = [:]
  /// One entry a fact.
  package private(set) var entries: [Entry] = []

  private var raisedIDs: [Identifier] = []
  private var current: [Identifier: Alarm] = [:]

  /// - Parameter open: the sensor's open alarms as they are stored, at most one a cause.
  package init(sensor: Sensor, open: [Alarm]) {
    self.sensor = sensor
    self.open = Dictionary(open.map { ($0.cause, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// - Parameters:
  ///   - evidence: says in words what a raising fact rests on.
  ///   - makeID: gives a new alarm its id.
  package mutating func record(_ facts: [AlarmFact], evidence: (AlarmFact) -> String, makeID: () -> Identifier) {
    for fact in facts {
      if fact.change == .raised {
        let alarm = Alarm(id: makeID(), raisedBy: fact, sensor: sensor, evidence: evidence(fact))
        raisedIDs.append(alarm.id)
        keep(alarm, isNew: true)
        entries.append(Entry(change: .raised, alarm: alarm, at: fact.at))
      } else if var alarm = open[fact.cause] {
        alarm.apply(fact)
        keep(alarm, isNew: current[alarm.id] != nil)
        entries.append(Entry(change: fact.change, alarm: alarm, at: fact.at))
      }
    }
  }

  /// Carries the extreme value of an alarm that stays open, which may have grown without a fact.
  package mutating func settle(_ state: SensorState) {
    guard state.severity != nil, var alarm = open[.threshold], alarm.peakValue != state.extreme else { return }
    alarm.peaked(at: state.extreme)
    keep(alarm, isNew: current[alarm.id] != nil)
  }

  private mutating func keep(_ alarm: Alarm, isNew: Bool) {
    open[alarm.cause] = alarm.closedAt == nil ? alarm : nil
    if isNew { current[alarm.id] = alarm } else { changed[alarm.id] = alarm }
  }
}
