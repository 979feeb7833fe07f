internal import CityModel

extension MappingReader {
  /// Reads a whole file. Throws every mistake at once, with line and field.
  static func read<File>(_ bytes: [UInt8], _ body: (JSONNode, MappingReader) -> File?) throws(MappingError) -> File {
    let root: JSONNode
    do throws(JSONSyntaxError) {
      root = try JSONParser.parse(bytes)
    } catch {
      throw MappingError([MappingFault(line: error.line, field: "", message: "not JSON: \(error.message) (column \(error.column))")])
    }
    let reader = MappingReader()
    let file = body(root, reader)
    guard reader.faults.isEmpty, let file else { throw MappingError(reader.faults) }
    return file
  }

  fileprivate static func read<File>(_ bytes: [UInt8], known: Set<String>, _ body: (Top) -> File?) throws(MappingError) -> File {
    try read(bytes) { root, reader in
      reader.object(root, "", known: known.union(["comment"])).flatMap { body(Top(reader: reader, node: root, field: "", members: $0)) }
    }
  }

  /// An object that is being read.
  struct Top {
    let reader: MappingReader
    let node: JSONNode
    let field: String
    let members: [String: JSONNode]

    func path(_ name: String) -> String { MappingReader.path(field, name) }

    func required(_ name: String) -> JSONNode? { reader.required(members, name, of: node, field) }

    func text(_ name: String, limit: Int = 200) -> String? { reader.text(required(name), path(name), limit: limit) }

    func text(_ name: String, else fallback: String, limit: Int = 2_000) -> String {
      reader.text(members[name], path(name), limit: limit) ?? fallback
    }

    func day(_ name: String) -> LocalDate? { required(name).flatMap { reader.day($0, path(name)) } }

    func days(_ name: String) -> [LocalDate] { reader.list(members[name], path(name), reader.day) }

    /// A list that must not be empty.
    func objects<Value>(_ name: String, known: Set<String>, _ body: @escaping (Top) -> Value?) -> [Value] {
      guard let list = required(name) else { return [] }
      if list.array?.isEmpty == true { reader.fault(list, path(name), "must not be empty") }
      return objects(list, name, known: known, body)
    }

    func objects<Value>(_ list: JSONNode?, _ name: String, known: Set<String>, _ body: @escaping (Top) -> Value?) -> [Value] {
      reader.list(list, path(name)) { [reader] node, field in
        reader.object(node, field, known: known).flatMap { body(Top(reader: reader, node: node, field: field, members: $0)) }
      }
    }
  }

  func day(_ node: JSONNode, _ field: String) -> LocalDate? {
    guard let text = text(node, field) else { return nil }
    guard let day = LocalDate(iso: text) else {
      fault(node, field, "\"\(text)\" is no day such as 2024-02-10")
      return nil
    }
    return day
  }

  /// `["08:00", "12:00"]` as minutes of the day.
  fileprivate func shift(_ node: JSONNode, _ field: String) -> [Int32]? {
    let minutes = (node.array ?? []).map { minute($0) }
    guard minutes.count == 2, let from = minutes[0], let before = minutes[1], from < before else {
      fault(node, field, "two times of the day are expected, the earlier first, such as [\"08:00\", \"12:00\"]")
      return nil
    }
    return [from, before]
  }

  private func minute(_ node: JSONNode) -> Int32? {
    guard let text = node.string, text.utf8.count == 5, text.utf8[text.utf8.index(text.startIndex, offsetBy: 2)] == UInt8(ascii: ":"),
      let hour = Int32(text.prefix(2)), let minute = Int32(text.suffix(2)), (0...24).contains(hour), (0...59).contains(minute),
      hour * 60 + minute <= 1_440
    else { return nil }
    return hour * 60 + minute
  }
}

extension CalendarFile {
  public init(json bytes: [UInt8]) throws(MappingError) {
    self = try MappingReader.read(bytes, known: ["version", "work_hours", "holidays", "worked_weekends"]) { top in
      let version = top.text("version")
      let shifts = top.reader.list(top.required("work_hours"), "work_hours", top.reader.shift)
      for (index, pair) in zip(shifts, shifts.dropFirst()).enumerated() where pair.0[1] > pair.1[0] {
        top.reader.fault(top.members["work_hours"]!, "work_hours[\(index + 1)]", "begins before the one above it ends")
      }
      let (holidays, worked) = (top.days("holidays"), top.days("worked_weekends"))
      for day in Set(holidays).intersection(worked).sorted() {
        top.reader.fault(top.members["worked_weekends"]!, "worked_weekends", "\(day) is a holiday, too")
      }
      for day in worked where day.weekday != .saturday && day.weekday != .sunday {
        top.reader.fault(top.members["worked_weekends"]!, "worked_weekends", "\(day) is no Saturday or Sunday")
      }
      return version.map { CalendarFile(version: $0, workMinutes: shifts.flatMap { $0 }, holidays: holidays, workedWeekends: worked) }
    }
  }
}

extension StandardsFile {
  public init(json bytes: [UInt8]) throws(MappingError) {
    self = try MappingReader.read(bytes, known: ["valid_from", "standards"]) { top in
      let day = top.day("valid_from")
      let standards = top.objects("standards", known: MappingReader.standardMembers.union(["id", "version"])) { item -> Standard? in
        guard let id = item.text("id"), let version = item.text("version"),
          let rule = item.reader.standard(item.node, item.field, also: ["id", "version"])
        else { return nil }
        return Standard(id: id, version: version, rule: rule)
      }
      return day.map { StandardsFile(validFrom: $0, standards: standards) }
    }
  }
}

extension CodesFile {
  public init(json bytes: [UInt8]) throws(MappingError) {
    self = try MappingReader.read(bytes, known: ["table", "version", "valid_from", "codes"]) { top in
      let (table, version, day) = (top.text("table"), top.text("version"), top.day("valid_from"))
      var seen: Set<String> = []
      let codes = top.objects("codes", known: ["code", "name", "name_en", "parent", "duplicates", "staff_only"]) { item -> Code? in
        let duplicates = item.members["duplicates"].flatMap { Self.duplicates($0, item) }
        guard let code = item.text("code"), let name = item.text("name") else { return nil }
        if !seen.insert(code).inserted { item.reader.fault(item.node, item.path("code"), "\"\(code)\" is there already") }
        return Code(
          code: code, name: name, nameEn: item.text("name_en", else: ""), parent: item.text("parent", else: ""), duplicates: duplicates,
          staffOnly: item.reader.flag(item.members["staff_only"], item.path("staff_only")) ?? false)
      }
      for code in codes where !code.parent.isEmpty && !seen.contains(code.parent) {
        top.reader.fault(top.members["codes"]!, "codes", "\"\(code.code)\" has the parent \"\(code.parent)\", which is not in the table")
      }
      guard let table, let version, let day else { return nil }
      return CodesFile(table: table, version: version, validFrom: day, codes: codes)
    }
  }

  private static func duplicates(_ node: JSONNode, _ item: MappingReader.Top) -> DuplicateSearch? {
    let (reader, field) = (item.reader, item.path("duplicates"))
    guard let members = reader.object(node, field, known: ["enabled", "radius_m", "window_hours"]) else { return nil }
    let radius = reader.number(members["radius_m"], field + ".radius_m") ?? 0
    let hours = reader.number(members["window_hours"], field + ".window_hours") ?? 0
    if !(0...500).contains(radius) { reader.fault(members["radius_m"]!, field + ".radius_m", "must lie between 0 and 500 metres") }
    guard let whole = Int64(exactly: hours), (0...744).contains(whole) else {
      reader.fault(members["window_hours"]!, field + ".window_hours", "must be a whole number of hours, at most 744 (31 days)")
      return nil
    }
    return DuplicateSearch(
      enabled: reader.flag(members["enabled"], field + ".enabled") ?? true, radiusMetres: radius, windowHours: whole)
  }
}

extension MatrixFile {
  public init(json bytes: [UInt8]) throws(MappingError) {
    self = try MappingReader.read(bytes, known: ["version", "departments", "responsibilities"]) { top in
      let version = top.text("version")
      let departments = top.objects(top.members["departments"], "departments", known: ["code", "name", "name_en", "crews"]) {
        item -> Department? in
        guard let code = item.text("code"), let name = item.text("name") else { return nil }
        let crews = item.objects(item.members["crews"], "crews", known: ["code", "name"]) { crew -> Crew? in
          crew.text("code").flatMap { code in crew.text("name").map { Crew(code: code, name: $0) } }
        }
        return Department(code: code, name: name, nameEn: item.text("name_en", else: ""), crews: crews)
      }
      var seen: Set<[String]> = []
      let rules = top.objects("responsibilities", known: MappingReader.responsibilityMembers) { item -> ResponsibilityRule? in
        guard let rule = item.reader.responsibility(item.node, item.field) else { return nil }
        if !seen.insert([rule.kind, rule.area]).inserted {
          item.reader.fault(item.node, item.field, "kind \"\(rule.kind)\" in area \"\(rule.area)\" is there already")
        }
        return rule
      }
      return version.map { MatrixFile(version: $0, departments: departments, rules: rules) }
    }
  }
}

extension FormulaFile {
  public init(json bytes: [UInt8]) throws(MappingError) {
    let known: Set<String> = [
      "indicator", "version", "name", "name_en", "form", "numerator", "denominator", "measure", "limit_s", "valid_from",
    ]
    let forms = ["count", "rate", "median_hours"].map { ($0, $0) }
    self = try MappingReader.read(bytes, known: ["formulas"]) { top in
      let formulas = top.objects("formulas", known: known) { item -> Formula? in
        let form = item.reader.word(item.required("form"), item.path("form"), forms)
        let (indicator, version, name, day) = (item.text("indicator"), item.text("version"), item.text("name"), item.day("valid_from"))
        let numerator = item.text("numerator", limit: 2_000)
        guard let form, let indicator, let version, let name, let day, let numerator else { return nil }
        if (form == "rate") != (item.members["denominator"] != nil) {
          item.reader.fault(item.node, item.path("denominator"), "goes with the form rate, and only with it")
        }
        return Formula(
          indicator: indicator, version: version, name: name, nameEn: item.text("name_en", else: ""), form: form, numerator: numerator,
          denominator: item.text("denominator", else: ""), measure: item.text("measure", else: ""),
          limitSeconds: item.reader.seconds(item.members["limit_s"], item.path("limit_s")), validFrom: day)
      }
      return FormulaFile(formulas: formulas)
    }
  }
}
