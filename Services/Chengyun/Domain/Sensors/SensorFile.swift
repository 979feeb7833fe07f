public import CityModel

/// What `sensors.json` says: assets, their sensors, the rules, and where the readings of a replay are.
public struct SensorFile: Sendable, Hashable {
  public struct Asset: Sendable, Hashable {
    public let code: String
    public let name: String
    public let kind: String
    public let place: Place
  }

  public struct Threshold: Sendable, Hashable {
    public let severity: SensorSeverity
    public let limit: Double
  }

  public struct Rule: Sendable, Hashable {
    /// Too much is bad; otherwise too little.
    public let above: Bool
    public let thresholds: [Threshold]
    public let hysteresis: Double
    public let minDurationSeconds: Int64
    /// 0: never.
    public let silenceAfterSeconds: Int64
    public let silenceSeverity: SensorSeverity
  }

  public struct Series: Sendable, Hashable {
    public var file: String
    public let line: Int
    public let time: String
    public let value: String
    public let format: TimeFormat
    public let zoneName: String
  }

  public struct Sensor: Sendable, Hashable {
    public let code: String
    public let name: String
    public let asset: String
    public let quantity: String
    public let unit: String
    public let place: Place
    public let intervalSeconds: Int64
    public let caseKind: String
    public let rule: Rule?
    public var series: Series?
  }

  public let assets: [Asset]
  public var sensors: [Sensor]

  /// The kind of a sensor's cases when nothing else is said.
  public static let defaultCaseKind = "lifeline-alarm"
}

/// 蓝黄橙红, by their numbers in lifeline's contract.
public enum SensorSeverity: Int32, Sendable, Hashable, CaseIterable {
  case blue = 1
  case yellow, orange, red
}

/// One sensor's reading.
public struct Reading: Sendable, Hashable {
  /// Index into the file's sensors.
  public let sensor: Int
  public let at: Instant
  public let value: Double
}

/// Readings of all sensors in the order of time, cut into windows.
public struct SensorPlan: Sendable {
  /// Most readings in one window.
  public static let windowLimit = 5_000
  /// Longest stretch of the data's time in one window: silences are seen at its end.
  public static let windowSpan = Duration.seconds(86_400)

  public let windows: [ArraySlice<Reading>]
  public let count: Int

  public init(_ readings: [Reading], windowLimit: Int = SensorPlan.windowLimit, span: Duration = SensorPlan.windowSpan) {
    let sorted = readings.sorted { ($0.at, $0.sensor) < ($1.at, $1.sensor) }
    var windows: [ArraySlice<Reading>] = []
    var start = 0
    while start < sorted.count {
      var end = start
      let last = sorted[start].at + span
      while end < sorted.count, end - start < windowLimit, sorted[end].at < last { end += 1 }
      windows.append(sorted[start..<end])
      start = end
    }
    self.windows = windows
    count = sorted.count
  }
}
