public import CityModel

/// What a request says, checked against its description: path variables, query, body.
public struct RequestValues: Sendable {
  private let path: [String: String]
  private let query: Query
  public let body: JSON
  private let zone: CityTimeZone

  /// - Throws: a problem of the first value that is wrong.
  public init(_ endpoint: EndpointDescription, path: [String: String], query: Query, body: JSON?, zone: CityTimeZone) throws(Problem) {
    self.path = path
    self.query = query
    self.zone = zone
    for parameter in endpoint.parameters {
      guard let text = parameter.isInPath ? path[parameter.name] : query.first(parameter.name) else {
        if parameter.isRequired { throw .field(parameter.name, "必填", "is required") }
        continue
      }
      try Self.check(text, parameter, zone)
    }
    guard let schema = endpoint.body else {
      self.body = .null
      return
    }
    guard let body, body.members != nil else { throw .notJSON }
    try schema.check(body, at: "")
    self.body = body
  }

  private static func check(_ text: String, _ parameter: EndpointDescription.Parameter, _ zone: CityTimeZone) throws(Problem) {
    let name = parameter.name
    switch parameter.schema {
    case .integer:
      guard let number = Int64(text) else { throw .field(name, "应为整数", "must be a whole number") }
      try parameter.schema.check(.integer(number), at: name)
    case .number:
      guard let number = Double(text), number.isFinite else { throw .field(name, "应为数字", "must be a number") }
      try parameter.schema.check(.number(number), at: name)
    case .flag:
      guard flags[text] != nil else { throw .field(name, "应为 true 或 false", "must be true or false") }
    case .list(let element, let max):
      let parts = text.split(separator: ",").map { JSON.string(String($0)) }
      try Schema.list(element, max: max).check(.array(parts), at: name)
    case .text(.instant, _, _):
      guard TimeText.parse(text, in: zone) != nil else {
        throw .field(name, "应为日期或 ISO 8601 时间", "must be a day or a time of ISO 8601")
      }
    default: try parameter.schema.check(.string(text), at: name)
    }
  }

  private static let flags = ["1": true, "true": true, "0": false, "false": false]

  // MARK: Path and query

  /// Of the path or the query; empty when absent.
  public func text(_ name: String) -> String { path[name] ?? query.first(name) ?? "" }
  public func integer(_ name: String) -> Int? { (path[name] ?? query.first(name)).flatMap { Int($0) } }
  public func flag(_ name: String) -> Bool { query.first(name).flatMap { Self.flags[$0] } ?? false }
  public func list(_ name: String) -> [String] { query.list(name) }
  public func instant(_ name: String) -> Instant? { query.first(name).flatMap { TimeText.parse($0, in: zone) } }

  /// Microseconds; 0 when absent.
  public func microseconds(_ name: String) -> Int64 { instant(name)?.microseconds ?? 0 }

  /// The end of a range: a day includes the whole of it.
  public func endMicroseconds(_ name: String) -> Int64 {
    guard let text = query.first(name) else { return 0 }
    if let day = LocalDate(iso: text) { return zone.instant(of: day.adding(days: 1)).microseconds }
    return TimeText.parse(text, in: zone)?.microseconds ?? 0
  }

  /// The bytes of an id in the path; 404 when it is none.
  public func identifier(_ name: String) throws(Problem) -> [UInt8] {
    guard let id = Identifier(text(name)) else { throw .notFound }
    return id.bytes
  }

  /// The query's conditions in words for the audit list, in the order of their names. What was searched for is left out: it may be
  /// somebody's name or telephone number.
  public var conditions: String {
    query.values.filter { !["lang", "page", "limit"].contains($0.key) && $0.value != [""] }.sorted { $0.key < $1.key }
      .map { name, values in name == "q" ? "q" : "\(name)=\(values.joined(separator: ","))" }.joined(separator: "; ")
  }

  // MARK: Body

  /// Empty when absent.
  public func bodyText(_ name: String) -> String { body[name]?.string ?? "" }
  public func bodyFlag(_ name: String) -> Bool? { if case .bool(let flag)? = body[name] { flag } else { nil } }

  public func bodyInteger(_ name: String) -> Int? {
    switch body[name] {
    case .integer(let number): Int(exactly: number)
    case .number(let number): Int(exactly: number)
    default: nil
    }
  }

  public func bodyNumber(_ name: String, of object: JSON? = nil) -> Double? {
    switch (object ?? body)[name] {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }

  public func bodyTexts(_ name: String) -> [String] { (body[name]?.array ?? []).compactMap(\.string) }
}
