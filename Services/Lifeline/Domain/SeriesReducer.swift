/// Thins out a series for a chart: the span is cut into equal intervals and each keeps its lowest and highest reading, so that no
/// peak is lost. A series that is short enough is kept whole.
package struct SeriesReducer: Sendable {
  package struct Point: Sendable, Hashable {
    package var at: Int64
    package var value: Double

    package init(at: Int64, value: Double) {
      self.at = at
      self.value = value
    }
  }

  private let from: Int64
  private let width: Int64
  private let maxPoints: Int
  /// Everything so far while it may still fit; nil once it does not.
  private var whole: [Point]? = []
  private var thinned: [Point] = []
  private var interval: (index: Int64, lowest: Point, highest: Point)?

  /// - Parameters:
  ///   - from: first instant of the span, microseconds.
  ///   - before: the instant after its end.
  ///   - maxPoints: at least 2.
  package init(from: Int64, before: Int64, maxPoints: Int) {
    precondition(maxPoints >= 2 && before > from)
    self.from = from
    self.maxPoints = maxPoints
    let intervals = Int64(maxPoints / 2)
    width = max(1, (before - from - 1) / intervals + 1)
  }

  /// Takes the readings in the order of time.
  package mutating func add(_ point: Point) {
    guard var all = whole.take() else { return thin(point) }
    all.append(point)
    if all.count <= maxPoints {
      whole = all
    } else {
      for point in all { thin(point) }
    }
  }

  package mutating func finish() -> [Point] {
    if let whole { return whole }
    flush()
    return thinned
  }

  private mutating func thin(_ point: Point) {
    let index = (point.at - from) / width
    guard var current = interval, current.index == index else {
      flush()
      interval = (index, point, point)
      return
    }
    if point.value < current.lowest.value { current.lowest = point }
    if point.value > current.highest.value { current.highest = point }
    interval = current
  }

  private mutating func flush() {
    guard let current = interval else { return }
    interval = nil
    let (first, second) =
      current.lowest.at <= current.highest.at ? (current.lowest, current.highest) : (current.highest, current.lowest)
    thinned.append(first)
    if second.at != first.at { thinned.append(second) }
  }
}
