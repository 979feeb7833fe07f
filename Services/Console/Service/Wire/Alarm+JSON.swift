internal import CommonAPI
internal import ConsoleDomain
internal import LifelineAPI

extension JSON {
  init(alarm: Alarm, _ time: TimeWriter) {
    func severity(_ value: Severity) -> JSON { value == .unspecified ? .null : .string(Codes.name(value, Codes.severities)) }
    self = [
      "id": JSON(id: alarm.id), "sensor": .string(alarm.sensorCode), "asset": JSON(alarm.assetCode), "district": JSON(alarm.districtCode),
      "cause": .string(Codes.name(alarm.cause, Codes.alarmCauses)), "state": .string(Codes.name(alarm.state, Codes.alarmStates)),
      "severity": severity(alarm.severity), "peak_severity": severity(alarm.peakSeverity), "peak_value": .number(alarm.peakValue),
      "began_at": time.json(alarm.beganAtUs), "raised_at": time.json(alarm.raisedAtUs), "closed_at": time.json(alarm.closedAtUs),
      "case_id": JSON(id: alarm.caseId), "case_number": JSON(alarm.caseNumber), "note": JSON(alarm.note),
      "evidence": JSON(alarm.evidence), "acknowledged_by": JSON(actor: alarm.acknowledgedBy),
      "acknowledged_at": time.json(alarm.acknowledgedAtUs),
    ]
  }

  init(sensor: Sensor, _ time: TimeWriter) {
    self = [
      "code": .string(sensor.code), "name": .string(sensor.name), "asset": JSON(sensor.assetCode), "quantity": JSON(sensor.quantity),
      "unit": JSON(sensor.unit), "point": JSON(point: sensor.place?.point), "district": JSON(sensor.place?.districtCode),
      "interval_s": .integer(sensor.intervalS), "thresholds": JSON(rule: sensor.rule),
      "above": .bool(sensor.rule?.above ?? true), "silence_after_s": .integer(sensor.rule?.silenceAfterS ?? 0),
      "last_at": time.json(sensor.lastReadingUs), "last_value": sensor.lastReadingUs == 0 ? .null : .number(sensor.lastValue),
    ]
  }

  init(rule: Rule?) {
    self = .array(
      (rule?.thresholds ?? []).map {
        ["severity": .string(Codes.name($0.severity, Codes.severities)), "limit": .number($0.limit), "above": .bool(rule?.above ?? true)]
      })
  }
}
