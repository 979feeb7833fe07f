package import CityModel
package import LifelineDomain
internal import Postgres

/// A sensor's readings over a span, all of them or thinned out for a chart.
package struct ReadSeries: Sendable {
  package static let mostPoints = 20_000
  private let database: Database
  private let settings: LifelineSettings

  init(database: Database, settings: LifelineSettings) {
    self.database = database
    self.settings = settings
  }

  /// - Parameters:
  ///   - from: nil begins with the first reading.
  ///   - before: nil ends with the newest.
  ///   - maxPoints: 0 keeps every reading.
  ///   - send: takes the points in the order of time, at most `settings.seriesChunk` at once.
  package func callAsFunction(
    sensorCode: String, from: Instant?, before: Instant?, maxPoints: Int, send: ([SeriesReducer.Point]) async throws -> Void
  ) async throws {
    guard maxPoints == 0 || (2...Self.mostPoints).contains(maxPoints) else {
      throw LifelineRefusal.invalid(
        Words("max_points 须在 2 至 \(Self.mostPoints) 之间，或为 0（全部读数）", "max_points is 2 to \(Self.mostPoints), or 0 for every reading"))
    }
    let (stored, span) = try await find(sensorCode, from: from, before: before)
    guard let span else { return }
    let id = stored.sensor.id
    if maxPoints == 0 {
      try await pages(id, span) { try await deliver($0, send) }
    } else {
      var reducer = SeriesReducer(from: span.from.microseconds, before: span.before.microseconds, maxPoints: maxPoints)
      try await pages(id, span) { for point in $0 { reducer.add(point) } }
      try await deliver(reducer.finish(), send)
    }
  }

  /// The sensor, and the part of the span in which it has readings; nil when it has none there.
  func find(_ sensorCode: String, from: Instant?, before: Instant?) async throws -> (SensorStore.Stored, (from: Instant, before: Instant)?)
  {
    let found = try SensorStore.decode(try await database.query(SensorStore.find(code: sensorCode)))
    guard let stored = found.first else { throw LifelineRefusal.unknownSensor(sensorCode) }
    guard let newest = stored.state.lastAt else { return (stored, nil) }
    let first = try await database.query(ReadingStore.firstAt(stored.sensor.id))[0][0, Instant?.self] ?? newest
    let span = (from: max(from ?? first, first), before: min(before ?? .distantFuture, newest + .microseconds(1)))
    return (stored, span.from < span.before ? span : nil)
  }

  /// The readings of the span in the order of time, `settings.seriesPage` at once.
  func pages(
    _ sensor: Int32, _ span: (from: Instant, before: Instant), _ body: ([SeriesReducer.Point]) async throws -> Void
  ) async throws {
    var from = span.from
    while from < span.before {
      let rows = try await database.query(ReadingStore.span(sensor, from: from, before: span.before, limit: settings.seriesPage))
      let points = try rows.map { row in SeriesReducer.Point(at: try row[0, Instant.self].microseconds, value: try row[1, Double.self]) }
      if !points.isEmpty { try await body(points) }
      guard let last = points.last, points.count == settings.seriesPage else { return }
      from = Instant(microseconds: last.at + 1)
    }
  }

  private func deliver(_ points: [SeriesReducer.Point], _ send: ([SeriesReducer.Point]) async throws -> Void) async throws {
    for start in stride(from: 0, to: points.count, by: settings.seriesChunk) {
      try await send(Array(points[start..<min(points.count, start + settings.seriesChunk)]))
    }
  }
}
