package import CityModel

/// Why lifeline refuses a command. Each case has a stable code and a sentence that a clerk understands.
package enum LifelineRefusal: Error, Sendable, Hashable {
  /// A part of the request is missing or wrong; the sentence says which.
  case invalid(Words)
  /// A rule that could not work; the sentence says why.
  case rule(Words)
  case unknownSensor(String)
  case unknownAsset(String)
  case unknownAlarm
  case alarmClosed
  case alreadyAcknowledged(by: String)
  case tooMany(Words, limit: Int)
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

  /// What is wrong, without a full stop, so that it can stand within another sentence.
  package var words: Words {
    switch self {
    case .invalid(let words): words
    case .rule(let words): Words("告警规则有误：\(words.chinese)", words.english)
    case .unknownSensor(let code): Words("没有登记的传感器：\(code)", "no sensor is registered as \(code)")
    case .unknownAsset(let code): Words("没有登记的设施：\(code)", "no asset is registered as \(code)")
    case .unknownAlarm: Words("没有这条告警", "there is no such alarm")
    case .alarmClosed: Words("告警已解除", "the alarm is closed already: the values have returned")
    case .alreadyAcknowledged(let name): Words("告警已由\(name)确认", "the alarm was acknowledged already, by \(name)")
    case .tooMany(let what, let limit):
      Words("一次请求最多 \(limit) \(what.chinese)", "too many \(what.english) in one request: at most \(limit)")
    case .otherDistrict(let district):
      Words("传感器位于其他辖区（\(district)）", "the sensor stands in district \(district), which is not yours")
    }
  }
}

extension LifelineRefusal: CustomStringConvertible {
  package var description: String { words.english }
}
