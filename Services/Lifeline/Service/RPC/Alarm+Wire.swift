internal import CityModel
internal import CommonAPI
internal import Events
internal import LifelineAPI
internal import LifelineDomain
internal import Wire

// Alarms and what is told of them, in the contract's form.

extension LifelineDomain.Alarm {
  var wire: LifelineAPI.Alarm {
    LifelineAPI.Alarm(
      id: id.bytes, sensorCode: sensorCode, assetCode: assetCode, cause: LifelineAPI.AlarmCause(rawValue: Int32(cause.rawValue)),
      state: LifelineAPI.AlarmState(rawValue: Int32(state.rawValue)), severity: severity.wire, peakSeverity: peakSeverity.wire,
      peakValue: peakValue, beganAtUs: beganAt.microseconds, raisedAtUs: raisedAt.microseconds, closedAtUs: closedAt?.microseconds ?? 0,
      caseId: openedCase?.id.bytes ?? [], caseNumber: openedCase?.number ?? "", note: acknowledgement?.note ?? "", evidence: evidence,
      acknowledgedBy: acknowledgement.map { CommonAPI.Actor(id: $0.actor.id, role: $0.actor.role, name: $0.actor.name) },
      acknowledgedAtUs: acknowledgement?.at.microseconds ?? 0, districtCode: districtCode)
  }
}

/// A fact about an alarm on its way to the log.
struct AlarmTold {
  enum Change {
    case raised, escalated, eased, acknowledged, closed, caseOpened
  }

  private let change: Change
  private let alarm: LifelineDomain.Alarm
  private let at: Instant

  init(_ change: Change, _ alarm: LifelineDomain.Alarm, at: Instant) {
    self.change = change
    self.alarm = alarm
    self.at = at
  }

  var event: NewEvent {
    let (type, fact): (String, LifelineEvent.Fact) =
      switch change {
      case .raised: (LifelineEventType.raised, .alarmRaised(alarm.wire))
      case .escalated: (LifelineEventType.escalated, .alarmEscalated(alarm.wire))
      case .eased: (LifelineEventType.eased, .alarmEased(alarm.wire))
      case .acknowledged: (LifelineEventType.acknowledged, .alarmAcknowledged(alarm.wire))
      case .closed: (LifelineEventType.closed, .alarmClosed(alarm.wire))
      case .caseOpened: (LifelineEventType.caseOpened, .alarmCaseOpened(alarm.wire))
      }
    return NewEvent(type: type, subject: alarm.id, occurredAt: at, body: LifelineEvent(fact: fact).encoded())
  }
}

extension AlarmLedger.Entry {
  var event: NewEvent {
    let change: AlarmTold.Change =
      switch change {
      case .raised: .raised
      case .escalated: .escalated
      case .eased: .eased
      case .closed: .closed
      }
    return AlarmTold(change, alarm, at: at).event
  }
}
