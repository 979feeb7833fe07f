internal import CityModel

extension Mapping {
  /// Reads a mapping file. Throws every mistake at once, with line and field.
  public init(json bytes: [UInt8]) throws(MappingError) {
    self = try MappingReader.read(bytes, Self.read)
  }

  private static let members: Set<String> = [
    "source", "city", "time_zone", "delimiter", "id", "times", "place", "kind", "channel", "owner", "crew", "status", "text", "note",
    "reporter", "divisions", "standards", "responsibilities", "default_owner", "keep_duplicates_apart", "comment",
  ]

  private static func read(_ root: JSONNode, _ reader: MappingReader) -> Mapping? {
    guard let top = reader.object(root, "", known: members) else { return nil }
    let source = reader.text(reader.required(top, "source", of: root, ""), "source", limit: 60)
    let city = reader.text(reader.required(top, "city", of: root, ""), "city", limit: 60)
    let zone = reader.zone(reader.required(top, "time_zone", of: root, ""), "time_zone")
    let id = reader.column(reader.required(top, "id", of: root, ""), "id")
    let times = reader.times(reader.required(top, "times", of: root, ""), zone: zone ?? "UTC")
    let kind = reader.codes(reader.required(top, "kind", of: root, ""), "kind")
    let status = reader.status(reader.required(top, "status", of: root, ""))
    let channel = reader.channel(reader.required(top, "channel", of: root, ""))
    let place = reader.place(top["place"])
    let owner = top["owner"].flatMap { reader.codes($0, "owner") }
    let crew = top["crew"].flatMap { reader.codes($0, "crew") }
    let reporter = reader.reporter(top["reporter"])
    let delimiter = reader.delimiter(top["delimiter"])
    let text = reader.columns(top["text"], "text")
    let note = reader.column(top["note"], "note")
    let divisions = reader.list(top["divisions"], "divisions", reader.division)
    let standards = reader.list(top["standards"], "standards", reader.standard)
    let responsibilities = reader.list(top["responsibilities"], "responsibilities", reader.responsibility)
    let defaultOwner = reader.text(top["default_owner"], "default_owner")
    let apart = reader.flag(top["keep_duplicates_apart"], "keep_duplicates_apart") ?? true
    guard let source, let city, let zone, let id, let times, let kind, let status, let channel else { return nil }
    return Mapping(
      source: source, city: city, timeZone: zone, delimiter: delimiter, id: id, created: times.created, due: times.due, ended: times.ended,
      place: place, kind: kind, channel: channel, owner: owner, crew: crew, status: status, text: text, note: note,
      reporterName: reporter.name, reporterPhone: reporter.phone, divisions: divisions, standards: standards,
      responsibilities: responsibilities, defaultOwner: defaultOwner, keepDuplicatesApart: apart)
  }
}

extension MappingReader {
  func zone(_ node: JSONNode?, _ field: String) -> String? {
    guard let node, let name = text(node, field) else { return nil }
    guard (try? CityTimeZone(name: name)) != nil else {
      fault(node, field, "\"\(name)\" is no time zone that this machine knows (for instance Asia/Shanghai)")
      return nil
    }
    return name
  }

  fileprivate func delimiter(_ node: JSONNode?) -> UInt8 {
    guard let node, let text = text(node, "delimiter") else { return UInt8(ascii: ",") }
    guard text.utf8.count == 1, text != "\"", text != "\n" else {
      fault(node, "delimiter", "must be one character")
      return UInt8(ascii: ",")
    }
    return text.utf8.first!
  }

  fileprivate func times(_ node: JSONNode?, zone: String) -> (created: TimeColumn, due: TimeColumn?, ended: TimeColumn)? {
    guard let node, let members = object(node, "times", known: ["format", "zone", "created", "due", "ended"]) else { return nil }
    let format = format(required(members, "format", of: node, "times"), "times.format")
    let zone = self.zone(members["zone"], "times.zone") ?? zone
    let created = time(required(members, "created", of: node, "times"), "times.created", format, zone)
    let due = members["due"].flatMap { time($0, "times.due", format, zone) }
    let ended = time(required(members, "ended", of: node, "times"), "times.ended", format, zone)
    guard let created, let ended else { return nil }
    return (created, due, ended)
  }

  func format(_ node: JSONNode?, _ field: String) -> TimeFormat? {
    guard let node, let pattern = text(node, field) else { return nil }
    do throws(TimeFormatError) {
      return try TimeFormat(pattern)
    } catch {
      fault(node, field, error.description)
      return nil
    }
  }

  /// A column, a list of columns, or an object with a format, a zone or the end of the day of its own.
  private func time(_ node: JSONNode?, _ field: String, _ common: TimeFormat?, _ zone: String) -> TimeColumn? {
    guard let node else { return nil }
    guard node.members != nil else {
      let columns = columns(node, field)
      guard let common, !columns.isEmpty else { return nil }
      return TimeColumn(columns: columns, format: common, zoneName: zone)
    }
    guard let members = object(node, field, known: ["column", "format", "zone", "end_of_day"]) else { return nil }
    let columns = columns(required(members, "column", of: node, field), field + ".column")
    let own = members["format"] == nil ? common : format(members["format"], field + ".format")
    let zone = self.zone(members["zone"], field + ".zone") ?? zone
    let endOfDay = flag(members["end_of_day"], field + ".end_of_day") ?? false
    guard let own, !columns.isEmpty else { return nil }
    return TimeColumn(columns: columns, format: own, zoneName: zone, endOfDay: endOfDay)
  }

  fileprivate func codes(_ node: JSONNode?, _ field: String) -> CodeColumn? {
    guard let node else { return nil }
    if node.string != nil { return column(node, field).map { CodeColumn(column: $0) } }
    guard let members = object(node, field, known: ["column", "values", "names", "default"]) else { return nil }
    let column = column(required(members, "column", of: node, field), field + ".column")
    let values = table(members["values"], field + ".values") { self.text($0, $1) }
    let names = table(members["names"], field + ".names") { node, field in self.names(node, field) }
    let fallback = text(members["default"], field + ".default")
    return column.map { CodeColumn(column: $0, values: values, names: names, fallback: fallback) }
  }

  private func names(_ node: JSONNode, _ field: String) -> CodeColumn.Names? {
    if let name = node.string { return CodeColumn.Names(zh: name, en: "") }
    guard let members = object(node, field, known: ["zh", "en"]) else { return nil }
    return CodeColumn.Names(zh: text(members["zh"], field + ".zh") ?? "", en: text(members["en"], field + ".en") ?? "")
  }

  fileprivate func status(_ node: JSONNode?) -> StatusColumn? {
    guard let node, let members = object(node, "status", known: ["column", "values", "default"]) else { return nil }
    let words = Outcome.allCases.map { ($0.rawValue, $0) }
    let column = column(required(members, "column", of: node, "status"), "status.column")
    let values = table(required(members, "values", of: node, "status"), "status.values") { self.word($0, $1, words) }
    let fallback = word(members["default"], "status.default", words)
    return column.map { StatusColumn(column: $0, values: values, fallback: fallback) }
  }

  fileprivate func channel(_ node: JSONNode?) -> ChannelColumn? {
    guard let node, let members = object(node, "channel", known: ["column", "values", "default"]) else { return nil }
    let words = ReplayChannel.allCases.map { ($0.name, $0) }
    let column = column(members["column"], "channel.column")
    let values = table(members["values"], "channel.values") { self.word($0, $1, words) }
    let fallback = word(members["default"], "channel.default", words)
    if column == nil, fallback == nil { fault(node, "channel", "names neither a column nor a default") }
    return ChannelColumn(column: column, values: values, fallback: fallback)
  }

  fileprivate func place(_ node: JSONNode?) -> PlaceColumns {
    let known: Set<String> = ["longitude", "latitude", "address", "district", "street", "community", "valid", "unknown", "doubt_unplaces"]
    guard let node, let members = object(node, "place", known: known) else { return PlaceColumns() }
    if (members["longitude"] == nil) != (members["latitude"] == nil) { fault(node, "place", "longitude and latitude go together") }
    return PlaceColumns(
      longitude: column(members["longitude"], "place.longitude"), latitude: column(members["latitude"], "place.latitude"),
      address: columns(members["address"], "place.address"), district: column(members["district"], "place.district"),
      street: column(members["street"], "place.street"), community: column(members["community"], "place.community"),
      box: members["valid"].flatMap { box($0) }, unknown: list(members["unknown"], "place.unknown", point),
      doubtUnplaces: flag(members["doubt_unplaces"], "place.doubt_unplaces") ?? false)
  }

  private func box(_ node: JSONNode) -> CoordinateBox? {
    let field = "place.valid"
    guard let members = object(node, field, known: ["west", "south", "east", "north"]) else { return nil }
    let sides = ["west", "south", "east", "north"].map { number(required(members, $0, of: node, field), "\(field).\($0)") }
    guard let west = sides[0], let south = sides[1], let east = sides[2], let north = sides[3] else { return nil }
    guard west < east, south < north, west >= -180, east <= 180, south >= -90, north <= 90 else {
      fault(node, field, "west must be below east and south below north, in degrees")
      return nil
    }
    return CoordinateBox(west: west, south: south, east: east, north: north)
  }

  /// GeoJSON's order: longitude, latitude.
  private func point(_ node: JSONNode, _ field: String) -> GeoPoint? {
    guard let pair = node.array, pair.count == 2, let longitude = pair[0].number, let latitude = pair[1].number else {
      fault(node, field, "[longitude, latitude] is expected")
      return nil
    }
    return GeoPoint(longitude: longitude, latitude: latitude)
  }

  fileprivate func reporter(_ node: JSONNode?) -> (name: Column?, phone: Column?) {
    guard let node, let members = object(node, "reporter", known: ["name", "phone"]) else { return (nil, nil) }
    return (column(members["name"], "reporter.name"), column(members["phone"], "reporter.phone"))
  }

  fileprivate func division(_ node: JSONNode, _ field: String) -> DivisionFile? {
    guard let members = object(node, field, known: ["tier", "file", "code", "name"]) else { return nil }
    let tier = word(required(members, "tier", of: node, field), field + ".tier", DivisionTier.allCases.map { ($0.name, $0) })
    let file = text(required(members, "file", of: node, field), field + ".file", limit: 4_096)
    let code = text(required(members, "code", of: node, field), field + ".code")
    let name = text(members["name"], field + ".name") ?? code
    guard let tier, let file, let code, let name else { return nil }
    return DivisionFile(tier: tier, file: file, line: node.line, codeProperty: code, nameProperty: name)
  }

  static let standardMembers: Set<String> = ["kind", "limit", "unit", "urgent", "check_required", "condition", "closing_condition"]
  static let responsibilityMembers: Set<String> = ["kind", "area", "department", "crew"]

  fileprivate func standard(_ node: JSONNode, _ field: String) -> StandardRule? { standard(node, field, also: []) }

  /// `also`: members that somebody else reads.
  func standard(_ node: JSONNode, _ field: String, also others: Set<String>) -> StandardRule? {
    guard let members = object(node, field, known: Self.standardMembers.union(others)) else { return nil }
    let kind = text(required(members, "kind", of: node, field), field + ".kind")
    let unit = word(members["unit"], field + ".unit", StandardUnit.allCases.map { ($0.name, $0) }) ?? .none
    let limit = number(members["limit"], field + ".limit") ?? 0
    guard let count = Int32(exactly: limit), (0...10_000).contains(count), (count > 0) == (unit != .none) else {
      fault(members["limit"] ?? node, field + ".limit", "a whole number from 1 to 10000 with a unit, or neither")
      return nil
    }
    guard let kind else { return nil }
    return StandardRule(
      kind: kind, limit: count, unit: unit, urgent: flag(members["urgent"], field + ".urgent") ?? false,
      checkRequired: flag(members["check_required"], field + ".check_required") ?? false,
      condition: text(members["condition"], field + ".condition") ?? "",
      closingCondition: text(members["closing_condition"], field + ".closing_condition") ?? "")
  }

  func responsibility(_ node: JSONNode, _ field: String) -> ResponsibilityRule? {
    guard let members = object(node, field, known: Self.responsibilityMembers) else { return nil }
    guard let department = text(required(members, "department", of: node, field), field + ".department") else { return nil }
    return ResponsibilityRule(
      kind: text(members["kind"], field + ".kind") ?? "", area: text(members["area"], field + ".area") ?? "", department: department,
      crew: text(members["crew"], field + ".crew") ?? "")
  }
}
