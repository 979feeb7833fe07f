internal import CityModel

extension SensorFile {
  /// Reads a `sensors.json`. Throws every mistake at once, with line and field.
  public init(json bytes: [UInt8]) throws(MappingError) {
    self = try MappingReader.read(bytes) { root, reader in
      guard let top = reader.object(root, "", known: ["assets", "sensors"]) else { return nil }
      let assets = reader.list(top["assets"], "assets", reader.asset)
      let places = Dictionary(assets.map { ($0.code, $0.place) }, uniquingKeysWith: { first, _ in first })
      let sensors = reader.list(reader.required(top, "sensors", of: root, ""), "sensors") { reader.sensor($0, $1, places) }
      return SensorFile(assets: assets, sensors: sensors)
    }
  }
}

extension MappingReader {
  private static let placeMembers: Set<String> = ["longitude", "latitude", "address"]

  fileprivate func asset(_ node: JSONNode, _ field: String) -> SensorFile.Asset? {
    guard let members = object(node, field, known: Self.placeMembers.union(["code", "name", "kind"])) else { return nil }
    guard let code = text(required(members, "code", of: node, field), field + ".code", limit: 100) else { return nil }
    return SensorFile.Asset(
      code: code, name: text(members["name"], field + ".name") ?? code, kind: text(members["kind"], field + ".kind") ?? "",
      place: point(members, node, field) ?? Place())
  }

  /// Nil when nothing is said.
  private func point(_ members: [String: JSONNode], _ node: JSONNode, _ field: String) -> Place? {
    let longitude = number(members["longitude"], field + ".longitude")
    let latitude = number(members["latitude"], field + ".latitude")
    let address = text(members["address"], field + ".address")
    if (longitude == nil) != (latitude == nil) { fault(node, field, "longitude and latitude go together") }
    guard longitude != nil || address != nil else { return nil }
    guard let longitude, let latitude else { return Place(address: address ?? "") }
    let point = GeoPoint(longitude: longitude, latitude: latitude)
    if !point.isValid { fault(node, field, "the coordinates lie nowhere on the globe") }
    return Place(point: point, address: address ?? "")
  }

  fileprivate func sensor(_ node: JSONNode, _ field: String, _ places: [String: Place]) -> SensorFile.Sensor? {
    let known = Self.placeMembers.union(["code", "name", "asset", "quantity", "unit", "interval_s", "case_kind", "rule", "series"])
    guard let members = object(node, field, known: known) else { return nil }
    guard let code = text(required(members, "code", of: node, field), field + ".code", limit: 100) else { return nil }
    let asset = text(members["asset"], field + ".asset") ?? ""
    if !asset.isEmpty, places[asset] == nil { fault(members["asset"] ?? node, field + ".asset", "there is no asset \"\(asset)\"") }
    return SensorFile.Sensor(
      code: code, name: text(members["name"], field + ".name") ?? code, asset: asset,
      quantity: text(members["quantity"], field + ".quantity") ?? "", unit: text(members["unit"], field + ".unit") ?? "",
      place: point(members, node, field) ?? places[asset] ?? Place(),
      intervalSeconds: seconds(members["interval_s"], field + ".interval_s"),
      caseKind: text(members["case_kind"], field + ".case_kind") ?? SensorFile.defaultCaseKind,
      rule: members["rule"].flatMap { rule($0, field + ".rule") }, series: members["series"].flatMap { series($0, field + ".series") })
  }

  private func rule(_ node: JSONNode, _ field: String) -> SensorFile.Rule? {
    let known: Set<String> = ["direction", "thresholds", "hysteresis", "min_duration_s", "silence_after_s", "silence_severity"]
    let severities = SensorSeverity.allCases.map { ("\($0)", $0) }
    guard let members = object(node, field, known: known) else { return nil }
    let above = word(required(members, "direction", of: node, field), field + ".direction", [("above", true), ("below", false)])
    let thresholds = list(members["thresholds"], field + ".thresholds") { node, field -> SensorFile.Threshold? in
      guard let members = self.object(node, field, known: ["severity", "limit"]) else { return nil }
      let severity = self.word(self.required(members, "severity", of: node, field), field + ".severity", severities)
      let limit = self.number(self.required(members, "limit", of: node, field), field + ".limit")
      guard let severity, let limit else { return nil }
      return SensorFile.Threshold(severity: severity, limit: limit)
    }
    guard let above else { return nil }
    return SensorFile.Rule(
      above: above, thresholds: thresholds, hysteresis: number(members["hysteresis"], field + ".hysteresis") ?? 0,
      minDurationSeconds: seconds(members["min_duration_s"], field + ".min_duration_s"),
      silenceAfterSeconds: seconds(members["silence_after_s"], field + ".silence_after_s"),
      silenceSeverity: word(members["silence_severity"], field + ".silence_severity", severities) ?? .yellow)
  }

  private func series(_ node: JSONNode, _ field: String) -> SensorFile.Series? {
    guard let members = object(node, field, known: ["file", "time", "value", "format", "zone"]) else { return nil }
    let file = text(required(members, "file", of: node, field), field + ".file", limit: 4_096)
    let time = text(required(members, "time", of: node, field), field + ".time")
    let value = text(required(members, "value", of: node, field), field + ".value")
    let format = format(required(members, "format", of: node, field), field + ".format")
    let zone = members["zone"] == nil ? "UTC" : self.zone(members["zone"], field + ".zone")
    guard let file, let time, let value, let format, let zone else { return nil }
    return SensorFile.Series(file: file, line: node.line, time: time, value: value, format: format, zoneName: zone)
  }
}
