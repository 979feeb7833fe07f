package import CityModel

/// A thing that the city lives on: a gas main, a bridge, a pump, a road.
package struct Asset: Sendable, Hashable {
  package var code: String
  package var name: String
  /// gas, water, drainage, bridge, road, …
  package var kind: String
  package var place: Place

  package init(code: String, name: String, kind: String, place: Place) throws(LifelineRefusal) {
    try checkCode(code, Words("设施", "asset"))
    try checkText(name, Words("设施 \(code) 的名称", "the name of asset \(code)"), limit: 200)
    try checkText(kind, Words("设施 \(code) 的类别", "the kind of asset \(code)"), limit: 100)
    self.code = code
    self.name = name
    self.kind = kind
    self.place = place
  }
}

/// What a sensor measures, where, and when that is an alarm.
package struct Sensor: Sendable, Hashable {
  /// The kind under which intake files alarms of a sensor that names none.
  package static let defaultCaseKind = "lifeline-alarm"

  /// 0 until it is registered.
  package var id: Int32
  package var code: String
  package var name: String
  package var assetCode: String
  package var quantity: String
  package var unit: String
  package var place: Place
  package var rule: SensorRule
  package var caseKind: String
  /// Between readings when all is well; zero when nobody says.
  package var interval: Duration

  package init(
    id: Int32 = 0, code: String, name: String, assetCode: String, quantity: String, unit: String, place: Place = Place(),
    rule: SensorRule, caseKind: String = "", interval: Duration = .zero
  ) throws(LifelineRefusal) {
    try checkCode(code, Words("传感器", "sensor"))
    try checkCode(assetCode, Words("传感器 \(code) 所属设施", "asset of sensor \(code)"))
    try checkText(name, Words("传感器 \(code) 的名称", "the name of sensor \(code)"), limit: 200)
    try checkText(quantity, Words("传感器 \(code) 的监测量", "the quantity of sensor \(code)"), limit: 100)
    try checkText(unit, Words("传感器 \(code) 的单位", "the unit of sensor \(code)"), limit: 40)
    try checkText(caseKind, Words("传感器 \(code) 的报警类别", "the case kind of sensor \(code)"), limit: 100)
    guard interval >= .zero, interval <= SensorRule.longestDuration else {
      throw .invalid(
        Words("传感器 \(code) 的上报间隔须在 0 至 366 天之间", "the interval of sensor \(code) must lie between 0 and 366 days"))
    }
    self.id = id
    self.code = code
    self.name = name
    self.assetCode = assetCode
    self.quantity = quantity
    self.unit = unit
    self.place = place
    self.rule = rule
    self.caseKind = caseKind.isEmpty ? Self.defaultCaseKind : caseKind
    self.interval = interval
  }
}

private func checkCode(_ code: String, _ what: Words) throws(LifelineRefusal) {
  let name = Words("\(what.chinese)编码", "the code of the \(what.english)")
  guard !code.isEmpty else { throw .invalid(Words("缺少\(name.chinese)", "\(name.english) is missing")) }
  try checkText(code, name, limit: 100)
}

private func checkText(_ text: String, _ what: Words, limit: Int) throws(LifelineRefusal) {
  guard text.unicodeScalars.count <= limit else {
    throw .invalid(Words("\(what.chinese)超过 \(limit) 个字符", "\(what.english) is longer than \(limit) characters"))
  }
  guard !text.unicodeScalars.contains("\0") else {
    throw .invalid(Words("\(what.chinese)含有空字符", "\(what.english) contains a NUL character"))
  }
}

extension Place {
  /// Nobody has said anything about it.
  package var isUnknown: Bool { self == Place() }
}
