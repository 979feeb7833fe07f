/// Why lifeline refuses a command. Each case has a stable code and a sentence that a clerk understands.
package enum LifelineRefusal: Error, Sendable, Hashable {
  /// A part of the request is missing or wrong; the sentence says which.
  case invalid(String)
  /// A rule that could not work; the sentence says why.
  case rule(String)
  case unknownSensor(String)
  case unknownAsset(String)
  case unknownAlarm
  case alarmClosed
  case alreadyAcknowledged(by: String)
  case tooMany(String, limit: Int)
  /// The person is confined to another district than the sensor's.
  case otherDistrict(String)

  package var code: String {
    switch self {
    case .invalid: "lifeline.invalid"
    case .rule: "lifeline.rule"
    case .unknownSensor: "lifeline.unknown_sensor"
    case .unknownAsset: "lifeline.unknown_asset"
    case .unknownAlarm: "lifeline.unknown_alarm"
    case .alarmClosed: "lifeline.alarm_closed"
    case .alreadyAcknowledged: "lifeline.already_acknowledged"
    case .tooMany: "lifeline.too_many"
    case .otherDistrict: "lifeline.other_district"
    }
  }

  package var sentence: String {
    switch self {
    case .invalid(let sentence), .rule(let sentence): sentence
    case .unknownSensor(let code): "no sensor is registered as \(code)"
    case .unknownAsset(let code): "no asset is registered as \(code)"
    case .unknownAlarm: "there is no such alarm"
    case .alarmClosed: "the alarm is closed already: the values have returned"
    case .alreadyAcknowledged(let name): "the alarm was acknowledged already, by \(name)"
    case .tooMany(let what, let limit): "too many \(what) in one request: at most \(limit)"
    case .otherDistrict(let district): "the sensor stands in district \(district), which is not yours"
    }
  }

  package var sentenceInChinese: String {
    switch self {
    case .invalid: "请求有误。"
    case .rule: "告警规则有误。"
    case .unknownSensor(let code): "没有登记的传感器：\(code)。"
    case .unknownAsset(let code): "没有登记的设施：\(code)。"
    case .unknownAlarm: "没有这条告警。"
    case .alarmClosed: "告警已解除。"
    case .alreadyAcknowledged(let name): "告警已由\(name)确认。"
    case .tooMany(_, let limit): "一次请求最多 \(limit) 条。"
    case .otherDistrict(let district): "传感器位于其他区（\(district)）。"
    }
  }
}

extension LifelineRefusal: CustomStringConvertible {
  package var description: String { sentence }
}
