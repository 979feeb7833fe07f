internal import CityModel
internal import CommonAPI
internal import ConsoleDomain
internal import DispatchAPI
internal import EvaluationAPI
internal import IntakeAPI
internal import Synchronization

/// How well the city is run: figures with their formulas, down to the very cases.
enum IndicatorEndpoints {
  private static let query: [EndpointDescription.Parameter] = [
    .init("by", .choice(Codes.names(Codes.dimensions)), required: true), .init("period", .choice(Codes.names(Codes.periods))),
    Parameters.from, Parameters.to, .init("codes", .list(Parameters.code, max: 100)),
  ]

  static let all = [
    Endpoint(
      .init(
        .get, "/api/indicators", tag: "evaluation", "Indicators by a dimension and period, with their formulas", access: .roles(Roles.work),
        parameters: query + [.init("compare", .choice(["previous"]))], answer: .json(.anything))
    ) { exchange in .json(try await indicators(exchange)) },
    Endpoint(
      .init(
        .get, "/api/indicators.csv", tag: "evaluation", "The same as a table; audited", access: .roles(Roles.work),
        parameters: query + [Parameters.language], answer: .csv)
    ) { exchange in try await export(exchange) },
    Endpoint(
      .init(
        .get, "/api/indicators/cases", tag: "evaluation", "The cases behind a figure", access: .roles(Roles.work),
        parameters: [
          .init("code", .text(min: 1, max: 100), required: true), .init("part", .choice(["numerator", "denominator"])),
          .init("by", .choice(Codes.names(Codes.dimensions)), required: true), .init("key", Parameters.code),
          .init("period", .choice(Codes.names(Codes.periods))), .init("period_start", .text(.instant, max: 10)), Parameters.from,
          Parameters.to, Parameters.limit(1_000), Parameters.page,
        ], answer: .json(.anything))
    ) { exchange in try await drillDown(exchange) },
  ]

  private static func request(_ values: RequestValues) -> GetIndicatorsRequest {
    GetIndicatorsRequest(
      by: Codes.value(values.text("by"), Codes.dimensions) ?? .unspecified,
      period: Codes.value(values.text("period"), Codes.periods) ?? .unspecified, range: range(values), indicators: values.list("codes"))
  }

  private static func range(_ values: RequestValues) -> EvaluationAPI.Range {
    EvaluationAPI.Range(fromUs: values.microseconds("from"), beforeUs: values.endMicroseconds("to"))
  }

  private static func indicators(_ exchange: Exchange) async throws -> JSON {
    let request = request(exchange.values)
    let evaluation = exchange.services.evaluation
    let options = exchange.options
    async let formulas = evaluation.listFormulas(ListFormulasRequest(), options)
    async let names = GroupNames(request.by, exchange)
    let response = try await evaluation.getIndicators(request, options)
    let known = await names
    var previous: JSON = .null
    if exchange.values.text("compare") == "previous", let earlier = Self.previous(request) {
      let rows = try await evaluation.getIndicators(earlier, options).rows
      previous = [
        "from": exchange.time(earlier.range?.fromUs), "before": exchange.time(earlier.range?.beforeUs),
        "rows": .array(rows.map { row($0, known) }),
      ]
    }
    return [
      "formulas": .array(try await formulas.formulas.map(formula)), "rows": .array(response.rows.map { row($0, known) }),
      "facts_until": exchange.time(response.factsUntilUs), "previous": previous,
    ]
  }

  /// The span of the same length just before. None for an unbounded one.
  private static func previous(_ request: GetIndicatorsRequest) -> GetIndicatorsRequest? {
    guard let range = request.range, range.fromUs > 0, range.beforeUs > range.fromUs else { return nil }
    var earlier = request
    earlier.range = EvaluationAPI.Range(fromUs: max(1, 2 * range.fromUs - range.beforeUs), beforeUs: range.fromUs)
    return earlier
  }

  private static func formula(_ formula: Formula) -> JSON {
    [
      "code": .string(formula.indicator), "version": .string(formula.version), "name": .string(formula.name),
      "name_en": JSON(formula.nameEn), "form": .string(formula.form), "numerator": JSON(formula.numerator),
      "denominator": JSON(formula.denominator), "measure": JSON(formula.measure), "limit_s": JSON(formula.limitS),
    ]
  }

  private static func row(_ row: IndicatorRow, _ names: GroupNames) -> JSON {
    let name = names[row.group]
    let figures = row.figures.map { figure in
      JSON.Member(
        figure.indicator,
        [
          "numerator": .integer(figure.numerator), "denominator": .integer(figure.denominator), "value": JSON(figure.value),
          "version": .string(figure.version),
        ])
    }
    return [
      "key": .string(row.group), "name": JSON(name.chinese), "name_en": JSON(name.english), "period": period(row.periodStart),
      "figures": .object(figures),
    ]
  }

  private static func period(_ day: Int32) -> JSON { JSON(LocalDate(yyyymmdd: day)?.description) }

  private static func export(_ exchange: Exchange) async throws -> Answer {
    let request = request(exchange.values)
    let language = exchange.language
    let (evaluation, options) = (exchange.services.evaluation, exchange.options)
    async let names = GroupNames(request.by, exchange)
    async let formulas = evaluation.listFormulas(ListFormulasRequest(), options)
    let response = try await evaluation.getIndicators(request, options)
    let titles = Dictionary(
      try await formulas.formulas.map { ($0.indicator, language.choose($0.name, $0.nameEn)) }, uniquingKeysWith: { $1 })
    let known = await names
    var codes: [String] = []
    for figure in response.rows.flatMap(\.figures) where !codes.contains(figure.indicator) { codes.append(figure.indicator) }
    try await exchange.recordExport("indicators", "\(response.rows.count) lines")
    let columns = [language.choose("代码", "Code"), language.choose("名称", "Name"), language.choose("期间", "Period")]
    let header = CSVTable.byteOrderMark + CSVTable.line(columns + codes.map { titles[$0] ?? $0 })
    let table = IndicatorTable(header: header, rows: response.rows) { [codes] row in
      let figures = codes.map { code in row.figures.first { $0.indicator == code }?.value.map { "\($0)" } ?? "" }
      let name = known[row.group]
      return CSVTable.line([row.group, language.choose(name.chinese, name.english), period(row.periodStart).string ?? ""] + figures)
    }
    return .csv(table.feed, name: "indicators")
  }

  private static func drillDown(_ exchange: Exchange) async throws -> Answer {
    let values = exchange.values
    let request = DrillDownRequest(
      indicator: values.text("code"), part: values.text("part") == "denominator" ? .denominator : .numerator,
      by: Codes.value(values.text("by"), Codes.dimensions) ?? .unspecified, group: values.text("key"),
      period: Codes.value(values.text("period"), Codes.periods) ?? .unspecified,
      periodStart: LocalDate(iso: values.text("period_start"))?.yyyymmdd ?? 0, range: range(values), page: exchange.page(100))
    let response = try await exchange.services.evaluation.drillDown(request, exchange.options)
    let cases = response.cases.map { found -> JSON in
      [
        "id": JSON(id: found.caseId), "number": .string(found.number), "kind": JSON(found.kind), "department": JSON(found.department),
        "district": JSON(found.districtCode), "street": JSON(found.streetCode), "external_ref": JSON(found.externalRef),
        "filed_at": exchange.time(found.filedAtUs), "due_at": exchange.time(found.dueAtUs), "ended_at": exchange.time(found.endedAtUs),
        "outcome": JSON(found.outcome),
      ]
    }
    return .json(["cases": .array(cases), "next_page": JSON(response.nextPageToken), "total": .integer(response.total)])
  }
}

/// A table of figures on its way to a browser, some lines at a time. What evaluation answers is in memory; its text need not be.
private final class IndicatorTable: Sendable {
  private static let linesAtOnce = 500

  private let header: [UInt8]
  private let rows: [IndicatorRow]
  private let line: @Sendable (IndicatorRow) -> [UInt8]
  /// Of the next row; nil before the header.
  private let position = Mutex<Int?>(nil)

  init(header: [UInt8], rows: [IndicatorRow], line: @escaping @Sendable (IndicatorRow) -> [UInt8]) {
    self.header = header
    self.rows = rows
    self.line = line
  }

  var feed: ChunkFeed { ChunkFeed { self.next() } }

  private func next() -> [UInt8]? {
    let start = position.withLock { position in
      defer { position = position.map { $0 + Self.linesAtOnce } ?? 0 }
      return position
    }
    guard let start else { return header }
    guard start < rows.count else { return nil }
    return rows[start..<min(rows.count, start + Self.linesAtOnce)].flatMap(line)
  }
}

/// Names of a dimension's groups, as far as the services that keep them answer.
struct GroupNames: Sendable {
  private var names: [String: (chinese: String, english: String)] = [:]

  init(_ dimension: Dimension, _ exchange: Exchange) async {
    let directory = exchange.console.directory
    switch dimension {
    case .department, .crew:
      for department in (try? await directory.departments(exchange.options)) ?? [] {
        names[department.code] = (department.name, department.nameEn)
        for crew in department.crews where dimension == .crew { names[crew.code] = (crew.name, crew.name) }
      }
    case .kind:
      for kind in (try? await directory.kinds(exchange.options)) ?? [] { names[kind.code] = (kind.name, kind.nameEn) }
    case .district: await add(.district, exchange)
    case .street: await add(.street, exchange)
    case .community: await add(.community, exchange)
    default: break
    }
  }

  private mutating func add(_ tier: Tier, _ exchange: Exchange) async {
    for division in (try? await exchange.console.directory.divisions(tier, exchange.options)) ?? [] {
      names[division.code] = (division.name, division.name)
    }
  }

  subscript(code: String) -> (chinese: String, english: String) { names[code] ?? ("", "") }
}
