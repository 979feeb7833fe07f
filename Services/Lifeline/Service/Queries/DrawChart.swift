package import CityModel
package import LifelineDomain
internal import NodeKit
internal import Postgres

/// A sensor's chart over a span: the extremes of its readings, its gaps and its alarms, in one pass over the readings.
package struct DrawChart: Sendable {
  package static let mostPoints = 5_000
  package static let usualPoints = 1_000
  /// Alarms that a chart shows: 1,000, the newest.
  static let mostAlarms = 1_000

  package struct Chart: Sendable {
    package var sensor: Sensor
    package var last: (at: Instant, value: Double)?
    package var points: [SeriesReducer.Point] = []
    package var gaps: [SeriesGaps.Gap] = []
    package var alarms: [Alarm] = []
    package var readings: Int64 = 0
  }

  private let database: Database
  private let clock: NodeClock
  private let series: ReadSeries

  init(database: Database, clock: NodeClock, series: ReadSeries) {
    self.database = database
    self.clock = clock
    self.series = series
  }

  /// - Parameters:
  ///   - from: nil begins with the first reading.
  ///   - before: nil ends with the newest.
  ///   - maxPoints: 0 means `usualPoints`.
  package func callAsFunction(sensorCode: String, from: Instant?, before: Instant?, maxPoints: Int) async throws -> Chart {
    let maxPoints = maxPoints == 0 ? Self.usualPoints : maxPoints
    guard (2...Self.mostPoints).contains(maxPoints) else {
      throw LifelineRefusal.invalid(Words("max_points 须在 2 至 \(Self.mostPoints) 之间，或为 0", "max_points is 2 to \(Self.mostPoints), or 0"))
    }
    let (stored, span) = try await series.find(sensorCode, from: from, before: before)
    var chart = Chart(sensor: stored.sensor, last: stored.state.lastAt.map { ($0, stored.state.lastValue) })
    chart.alarms = try AlarmStore.decode(
      try await database.query(
        AlarmStore.during(stored.sensor.id, from: from ?? .distantPast, before: before ?? .distantFuture, limit: Self.mostAlarms)))
    guard let span else { return chart }
    let (first, end) = (span.from.microseconds, span.before.microseconds)
    var reducer = SeriesReducer(from: first, before: end, maxPoints: maxPoints)
    var gaps = SeriesGaps(longest: stored.sensor.longestPause, from: first)
    try await series.pages(stored.sensor.id, span) { page in
      chart.readings += Int64(page.count)
      for point in page {
        reducer.add(point)
        gaps.add(point.at)
      }
    }
    chart.points = reducer.finish()
    chart.gaps = gaps.finish(at: min(before ?? span.before, max(clock.now(), span.before)).microseconds)
    return chart
  }
}
