package import CityModel

/// Says in words, in Chinese and in English, what an alarm rests on. It becomes the text of the case.
package struct AlarmEvidence: Sendable {
  private let sensor: Sensor
  private let timeZone: CityTimeZone

  /// - Parameter timeZone: the city's, in which times are told.
  package init(sensor: Sensor, timeZone: CityTimeZone) {
    self.sensor = sensor
    self.timeZone = timeZone
  }

  package func text(_ fact: AlarmFact) -> String {
    switch fact.cause {
    case .threshold: threshold(fact)
    case .silence: silence(fact)
    }
  }

  /// The readings that led to the alarm, the oldest first, as evidence of kind "readings".
  package func readings(_ readings: [(at: Instant, value: Double)]) -> String {
    readings.map { "\(timeZone.local($0.at).plain)  \(amount($0.value))" }.joined(separator: "\n")
  }

  /// As things stood when the alarm was raised: it may grow worse or ease later, which the alarm's own severity tells.
  private func threshold(_ fact: AlarmFact) -> String {
    let limit = sensor.rule.limit(of: fact.severity).map(amount) ?? ""
    let (since, at, peak) = (time(fact.beganAt), time(fact.at), amount(fact.peakValue))
    let above = sensor.rule.above
    return """
      \(subject)于\(at.chinese)触发\(fact.severity.nameInChinese)告警：测值\(above ? "达到或高于" : "达到或低于")限值 \(limit)，\
      自\(since.chinese)起越限，当时极值 \(peak)。
      \(subjectInEnglish) raised \(fact.severity.article) \(fact.severity.name) alarm on \(at.english): at or \
      \(above ? "above" : "below") the limit of \(limit), out of bounds since \(since.english); most extreme value by then \(peak).
      """
  }

  private func silence(_ fact: AlarmFact) -> String {
    let (last, value) = (time(fact.beganAt), amount(fact.peakValue))
    return """
      \(subject)自\(last.chinese)起无数据，已超过\(span(sensor.rule.silenceAfter, "小时", "分钟", "秒"))（\(fact.severity.nameInChinese)），最后读数 \(value)。
      \(subjectInEnglish): no reading since \(last.english), longer than \(span(sensor.rule.silenceAfter, " h", " min", " s")) \
      (\(fact.severity.name)); the last value was \(value).
      """
  }

  private func time(_ instant: Instant) -> Words { timeZone.local(instant).words }

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
