internal import CityModel
internal import CommonAPI
internal import LifelineAPI
internal import LifelineDomain
internal import NodeKit

// Assets, sensors and rules between the contract and the domain.

extension LifelineDomain.Asset {
  init(_ wire: LifelineAPI.Asset) throws(LifelineRefusal) {
    try self.init(code: wire.code, name: wire.name, kind: wire.kind, place: CityModel.Place(wire.place, of: wire.code))
  }

  var wire: LifelineAPI.Asset {
    LifelineAPI.Asset(code: code, name: name, kind: kind, place: place.wire)
  }
}

extension LifelineDomain.Sensor {
  init(_ wire: LifelineAPI.Sensor) throws(LifelineRefusal) {
    try self.init(
      code: wire.code, name: wire.name, assetCode: wire.assetCode, quantity: wire.quantity, unit: wire.unit,
      place: CityModel.Place(wire.place, of: wire.code), rule: SensorRule(wire.rule, of: wire.code), caseKind: wire.caseKind,
      interval: try seconds(wire.intervalS, Words("传感器 \(wire.code) 的上报间隔", "the interval of sensor \(wire.code)")))
  }

  func wire(last: (at: Instant, value: Double)? = nil) -> LifelineAPI.Sensor {
    LifelineAPI.Sensor(
      code: code, name: name, assetCode: assetCode, quantity: quantity, unit: unit, place: place.isUnknown ? nil : place.wire,
      rule: rule.wire, caseKind: caseKind, intervalS: interval.components.seconds, id: id, lastReadingUs: last?.at.microseconds ?? 0,
      lastValue: last?.value ?? 0)
  }
}

extension SensorRule {
  init(_ wire: LifelineAPI.Rule?, of sensor: String) throws(LifelineRefusal) {
    guard let wire else {
      self = .none
      return
    }
    do throws(LifelineRefusal) {
      var thresholds: [Threshold] = []
      for step in wire.thresholds {
        guard let severity = LifelineDomain.Severity(step.severity) else { throw .rule(Words("有限值没有级别", "a limit has no severity")) }
        thresholds.append(Threshold(severity, step.limit))
      }
      try self.init(
        above: wire.above, thresholds: thresholds, hysteresis: wire.hysteresis,
        minDuration: seconds(wire.minDurationS, Words("持续时间", "the minimum duration")),
        silenceAfter: seconds(wire.silenceAfterS, Words("无数据时限", "the time of silence")),
        silenceSeverity: LifelineDomain.Severity(wire.silenceSeverity) ?? .yellow)
    } catch {
      let problem = if case .rule(let words) = error { words } else { error.words }
      throw .rule(Words("传感器 \(sensor)，\(problem.chinese)", "sensor \(sensor): \(problem.english)"))
    }
  }

  var wire: LifelineAPI.Rule {
    LifelineAPI.Rule(
      above: above, thresholds: thresholds.map { LifelineAPI.Threshold(severity: $0.severity.wire, limit: $0.limit) },
      hysteresis: hysteresis, minDurationS: minDuration.components.seconds, silenceAfterS: silenceAfter.components.seconds,
      silenceSeverity: silenceSeverity.wire)
  }
}

extension LifelineDomain.Severity {
  init?(_ wire: LifelineAPI.Severity) { self.init(rawValue: Int16(clamping: wire.rawValue)) }

  var wire: LifelineAPI.Severity { LifelineAPI.Severity(rawValue: Int32(rawValue)) }
}

extension CityModel.Place {
  init(_ wire: CommonAPI.Place?, of code: String) throws(LifelineRefusal) {
    self.init(wire)
    guard point?.isValid ?? true else {
      throw .invalid(Words("\(code) 的坐标不在地面上", "the point of \(code) is not on the ground"))
    }
    guard [address, districtCode, streetCode, communityCode].allSatisfy({ $0.unicodeScalars.count <= 500 && !$0.utf8.contains(0) }) else {
      throw .invalid(
        Words(
          "\(code) 的地址或区划编码超过 500 个字符，或含有空字符",
          "the address or a code of \(code) is longer than 500 characters, or contains a NUL character"))
    }
  }
}

/// Seconds that come from outside; too many would overflow microseconds.
private func seconds(_ count: Int64, _ what: Words) throws(LifelineRefusal) -> Duration {
  guard (0...SensorRule.longestDuration.components.seconds).contains(count) else {
    throw .invalid(Words("\(what.chinese)须在 0 至 366 天之间", "\(what.english) must lie between 0 and 366 days"))
  }
  return .seconds(count)
}
