/// The counts of one group of `chengyun report`.
public struct GroupFigures: Sendable, Hashable {
  public var group: String
  /// First day of the period, yyyymmdd; 0 without periods.
  public var periodStart: Int32
  public var requests: Int64 = 0
  public var closed: Int64 = 0
  public var closedOnTime: Int64 = 0
  public var cancelled: Int64 = 0
  public var referred: Int64 = 0
  public var open: Int64 = 0
  /// Nil when nothing was closed.
  public var medianHoursToClose: Double?

  public init(group: String, periodStart: Int32 = 0) {
    self.group = group
    self.periodStart = periodStart
  }
}

/// The report as a table for people and as JSON for programs.
public struct FigureTable: Sendable, Hashable {
  public let dimension: String
  public let period: String?
  public let groups: [GroupFigures]

  public init(dimension: String, period: String?, groups: [GroupFigures]) {
    self.dimension = dimension
    self.period = period
    self.groups = groups.sorted { ($0.periodStart, $0.group) < ($1.periodStart, $1.group) }
  }

  /// `{"by":…, "groups":[{"group":…, "requests":…, …, "median_hours_to_close":…}]}`; with periods each group has `period_start`.
  public var json: JSONText {
    let rows = groups.map { row -> JSONText in
      var members: [(String, JSONText)] = [("group", .string(row.group))]
      if period != nil { members.append(("period_start", .integer(Int64(row.periodStart)))) }
      members += [
        ("requests", .integer(row.requests)), ("closed", .integer(row.closed)), ("closed_on_time", .integer(row.closedOnTime)),
        ("cancelled", .integer(row.cancelled)), ("referred", .integer(row.referred)), ("open", .integer(row.open)),
        ("median_hours_to_close", row.medianHoursToClose.map { .number($0) } ?? .null),
      ]
      return .object(members)
    }
    return .object([("by", .string(dimension))] + (period.map { [("period", .string($0))] } ?? []) + [("groups", .array(rows))])
  }

  public func rendered() -> String {
    var lines = [
      (period == nil ? [] : ["from"]) + [dimension, "requests", "closed", "on time", "rate", "cancelled", "referred", "open", "median h"]
    ]
    for row in groups {
      let due = row.requests - row.cancelled - row.referred
      let rate = due > 0 ? fixed(Double(row.closedOnTime) * 100 / Double(due), 1) + " %" : "–"
      let label = row.group.isEmpty ? "(none)" : row.group
      let start = period == nil ? [] : [String(row.periodStart)]
      lines.append(
        start + [
          label, String(row.requests), String(row.closed), String(row.closedOnTime), rate, String(row.cancelled), String(row.referred),
          String(row.open), row.medianHoursToClose.map { fixed($0, 2) } ?? "–",
        ])
    }
    return alignedColumns(lines, textColumns: period == nil ? 1 : 2)
  }
}

/// Lines of columns, texts to the left, numbers to the right. Chinese characters count as two wide.
public func alignedColumns(_ lines: [[String]], textColumns: Int) -> String {
  guard let count = lines.map(\.count).max() else { return "" }
  let widths = (0..<count).map { column in lines.map { column < $0.count ? $0[column].displayWidth : 0 }.max() ?? 0 }
  return lines.map { line in
    var text = ""
    for (column, cell) in line.enumerated() {
      let padding = String(repeating: " ", count: widths[column] - cell.displayWidth)
      text += column < textColumns ? cell + padding + "  " : padding + cell + "  "
    }
    return text.trimmedEnd + "\n"
  }.joined()
}

/// A number with so many digits after the point, without Foundation.
public func fixed(_ number: Double, _ digits: Int) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let scaled = (abs(number) * scale).rounded()
  guard scaled < 1e15 else { return "\(number)" }
  let whole = Int64(scaled)
  let sign = number < 0 && whole != 0 ? "-" : ""
  guard digits > 0 else { return sign + String(whole) }
  let fraction = String(whole % Int64(scale))
  return sign + String(whole / Int64(scale)) + "." + String(repeating: "0", count: digits - fraction.count) + fraction
}

extension String {
  /// Columns on a terminal: East Asian wide characters take two.
  var displayWidth: Int {
    unicodeScalars.reduce(0) { sum, scalar in
      switch scalar.value {
      case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x20000...0x3FFFD:
        sum + 2
      default: sum + 1
      }
    }
  }

  var trimmedEnd: String {
    var rest = Substring(self)
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
