package import CityModel

/// Says in words, in Chinese and in English, what an alarm rests on. It becomes the text of the case.
package struct AlarmEvidence: Sendable {
  private let sensor: Sensor
  private let local: @Sendable (Instant) -> String

  /// - Parameter local: how the city writes an instant, in its own time.
  package init(sensor: Sensor, local: @escaping @Sendable (Instant) -> String) {
    self.sensor = sensor
    self.local = local
  }

  package func text(_ fact: AlarmFact) -> String {
    switch fact.cause {
    case .threshold: threshold(fact)
    case .silence: silence(fact)
    }
  }

  /// The readings that led to the alarm, the oldest first, as evidence of kind "readings".
  package func readings(_ readings: [(at: Instant, value: Double)]) -> String {
    readings.map { "\(local($0.at))  \(amount($0.value))" }.joined(separator: "\n")
  }

  private func threshold(_ fact: AlarmFact) -> String {
    let limit = sensor.rule.limit(of: fact.severity).map(amount) ?? ""
    let (since, at, peak) = (local(fact.beganAt), local(fact.at), amount(fact.peakValue))
    let above = sensor.rule.above
    return """
      \(subject)于 \(at) 达到\(fact.severity.nameInChinese)告警：自 \(since) 起\(above ? "不低于" : "不高于")限值 \(limit)，极值 \(peak)。
      \(subjectInEnglish): \(fact.severity.name) alarm at \(at): at or \(above ? "above" : "below") the limit of \(limit) \
      (beyond the first limit since \(since)); most extreme value \(peak).
      """
  }

  private func silence(_ fact: AlarmFact) -> String {
    let (last, value) = (local(fact.beganAt), amount(fact.peakValue))
    return """
      \(subject)自 \(last) 起无数据，已超过\(span(sensor.rule.silenceAfter, "小时", "分钟", "秒"))（\(fact.severity.nameInChinese)），最后读数 \(value)。
      \(subjectInEnglish): no reading since \(last), longer than \(span(sensor.rule.silenceAfter, " h", " min", " s")) \
      (\(fact.severity.name)); the last value was \(value).
      """
  }

  private var label: String { sensor.name.isEmpty ? sensor.code : "\(sensor.code) \(sensor.name)" }
  private var subject: String { "传感器 \(label)\(sensor.quantity.isEmpty ? "" : "（\(sensor.quantity)）")" }
  private var subjectInEnglish: String { "Sensor \(label)\(sensor.quantity.isEmpty ? "" : " (\(sensor.quantity))")" }

  private func amount(_ value: Double) -> String {
    sensor.unit.isEmpty ? "\(value)" : "\(value) \(sensor.unit)"
  }

  /// In the largest unit that divides it.
  private func span(_ duration: Duration, _ hours: String, _ minutes: String, _ seconds: String) -> String {
    let total = duration.components.seconds
    if total % 3_600 == 0 { return "\(total / 3_600)\(hours)" }
    return total % 60 == 0 ? "\(total / 60)\(minutes)" : "\(total)\(seconds)"
  }
}
