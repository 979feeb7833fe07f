/// By what figures are divided.
public enum Dimension: Sendable, Hashable, CaseIterable {
  case everything, district, street, community, department, crew, kind, channel
}

/// Into what stretches of the city's time, by the time of filing (of cases) or of reporting (of reports).
public enum Period: Sendable, Hashable, CaseIterable {
  case none, day, week, month
}

/// One indicator's figure of one group and period.
public struct Figure: Sendable, Hashable {
  public var indicator: String
  public var version: String
  /// Absent when the denominator is 0 or nothing was measured.
  public var value: Double?
  public var numerator: Int64
  public var denominator: Int64

  public init(indicator: String, version: String, value: Double?, numerator: Int64, denominator: Int64) {
    self.indicator = indicator
    self.version = version
    self.value = value
    self.numerator = numerator
    self.denominator = denominator
  }
}

extension Formula {
  /// The figure from what was counted. `median` is in hours.
  public func figure(numerator: Int64, denominator: Int64, median: Double?) -> Figure {
    let value: Double? =
      switch form {
      case .count: Double(numerator)
      case .rate: denominator == 0 ? nil : Double(numerator) / Double(denominator)
      case .medianHours: median
      }
    return Figure(indicator: indicator, version: version, value: value, numerator: numerator, denominator: denominator)
  }
}
