internal import CityModel

/// When a sensor's readings are an alarm: up to four limits, one a severity, and how long it may be silent.
///
/// A value *at or beyond* a limit for `minDuration` is an alarm of that limit's severity. "Beyond" is upwards when `above` is true (too
/// much rain), downwards otherwise (too little pressure).
package struct SensorRule: Sendable, Hashable {
  package struct Threshold: Sendable, Hashable {
    package var severity: Severity
    package var limit: Double

    package init(_ severity: Severity, _ limit: Double) {
      self.severity = severity
      self.limit = limit
    }
  }

  /// Longest `minDuration` and `silenceAfter`: a year.
  package static let longestDuration = Duration.seconds(366 * 86_400)

  package let above: Bool
  /// The mildest first. Empty: only silence is watched.
  package let thresholds: [Threshold]
  /// How far inside a limit the value must come back before the alarm leaves that severity. In the sensor's unit, not negative.
  package let hysteresis: Double
  package let minDuration: Duration
  /// No reading for longer than this is an alarm. Zero: never.
  package let silenceAfter: Duration
  package let silenceSeverity: Severity

  /// Refuses what could never alarm or would alarm in the wrong order.
  package init(
    above: Bool, thresholds: [Threshold], hysteresis: Double = 0, minDuration: Duration = .zero, silenceAfter: Duration = .zero,
    silenceSeverity: Severity = .yellow
  ) throws(LifelineRefusal) {
    self.above = above
    self.thresholds = thresholds
    self.hysteresis = hysteresis
    self.minDuration = minDuration
    self.silenceAfter = silenceAfter
    self.silenceSeverity = silenceSeverity
    try checkThresholds()
    try checkDurations()
  }

  /// No alarm ever.
  package static let none = SensorRule()

  private init() {
    above = true
    thresholds = []
    hysteresis = 0
    minDuration = .zero
    silenceAfter = .zero
    silenceSeverity = .yellow
  }

  package func limit(of severity: Severity) -> Double? {
    thresholds.first { $0.severity == severity }?.limit
  }

  private func checkThresholds() throws(LifelineRefusal) {
    guard thresholds.allSatisfy({ $0.limit.isFinite }) else { throw .rule(Words("限值须为有限的数", "a limit must be a finite number")) }
    guard hysteresis.isFinite, hysteresis >= 0 else {
      throw .rule(Words("回差须为有限的数，且不能为负", "the hysteresis must be a finite number, not negative"))
    }
    for (milder, worse) in zip(thresholds, thresholds.dropFirst()) {
      guard milder.severity < worse.severity else {
        throw .rule(
          Words("限值须由轻到重排列，每级至多一个", "limits go from the mildest severity to the worst, each at most once"))
      }
      guard above ? milder.limit < worse.limit : milder.limit > worse.limit else {
        throw .rule(
          Words(
            "\(worse.severity.nameInChinese)限值须比\(milder.severity.nameInChinese)限值更靠外",
            "the \(worse.severity.name) limit must lie further out than the \(milder.severity.name) limit"))
      }
    }
  }

  private func checkDurations() throws(LifelineRefusal) {
    guard minDuration >= .zero, minDuration <= Self.longestDuration else {
      throw .rule(Words("持续时间须在 0 至 366 天之间", "the minimum duration must lie between 0 and 366 days"))
    }
    guard silenceAfter >= .zero, silenceAfter <= Self.longestDuration else {
      throw .rule(
        Words("无数据时限须在 0（不监测）至 366 天之间", "the time of silence must lie between 0 (never) and 366 days"))
    }
  }
}
