internal import ChengyunDomain
internal import CommonAPI
internal import EvaluationAPI
internal import RPC

/// Reads the counts of `chengyun report` from evaluation.
struct Figures: Sendable {
  static let indicators = ["requests", "closed", "closed_on_time", "cancelled", "referred", "open", "median_hours_to_close"]

  let evaluation: EvaluationClient
  let patience: Patience

  func table(by dimension: ReportDimension, period: ReportPeriod?, range: EvaluationAPI.Range? = nil) async throws -> FigureTable {
    let answer = try await patience.repeating("read the indicators") {
      try await evaluation.getIndicators(
        GetIndicatorsRequest(by: dimension.wire, period: period?.wire ?? .unspecified, range: range, indicators: Self.indicators),
        CallOptions(timeout: .seconds(60)))
    }
    let groups = answer.rows.map { row -> GroupFigures in
      var figures = GroupFigures(group: row.group, periodStart: row.periodStart)
      for figure in row.figures { figures.take(figure) }
      if dimension == .channel { figures.nameChannel() }
      return figures
    }
    return FigureTable(dimension: dimension.rawValue, period: period?.rawValue, groups: groups)
  }

  /// Everything in one group.
  func total() async throws -> GroupFigures {
    try await table(by: .everything, period: nil).groups.first ?? GroupFigures(group: "")
  }

  /// How many cases the drill-down of one figure lists.
  func drillDownCount(
    _ indicator: String, by dimension: ReportDimension, group: GroupFigures, period: ReportPeriod?, range: EvaluationAPI.Range? = nil
  ) async throws -> Int64 {
    var count: Int64 = 0
    var token = ""
    repeat {
      let request = DrillDownRequest(
        indicator: indicator, part: .numerator, by: dimension.wire, group: group.group, period: period?.wire ?? .unspecified,
        periodStart: group.periodStart, range: range, page: Page(size: 1_000, token: token))
      let page = try await patience.repeating("drill down") { try await evaluation.drillDown(request, CallOptions(timeout: .seconds(60))) }
      count += Int64(page.cases.count)
      token = page.nextPageToken
    } while !token.isEmpty
    return count
  }
}

/// What `--by` takes.
enum ReportDimension: String, Sendable, CaseIterable {
  case everything, district, street, community, department, crew, kind, channel

  var wire: Dimension { Dimension(rawValue: Int32(Self.allCases.firstIndex(of: self)!)) }
}

/// What `--period` takes.
enum ReportPeriod: String, Sendable, CaseIterable {
  case day, week, month

  var wire: Period { Period(rawValue: Int32(Self.allCases.firstIndex(of: self)!) + 1) }
}

extension GroupFigures {
  mutating func take(_ figure: Figure) {
    switch figure.indicator {
    case "requests": requests = figure.numerator
    case "closed": closed = figure.numerator
    case "closed_on_time": closedOnTime = figure.numerator
    case "cancelled": cancelled = figure.numerator
    case "referred": referred = figure.numerator
    case "open": open = figure.numerator
    case "median_hours_to_close": medianHoursToClose = figure.value
    default: break
    }
  }

  /// The count that a drill-down must reach.
  func count(of indicator: String) -> Int64 {
    switch indicator {
    case "requests": requests
    case "closed", "median_hours_to_close": closed
    case "closed_on_time": closedOnTime
    case "cancelled": cancelled
    case "referred": referred
    case "open": open
    default: 0
    }
  }

  /// Channels travel as numbers of the contract or as names; people read names.
  mutating func nameChannel() {
    if let number = Int32(group), let channel = ReplayChannel(rawValue: number) { group = channel.name }
  }
}
