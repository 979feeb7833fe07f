/// Where a series has holes: no reading for longer than the sensor may be silent.
package struct SeriesGaps: Sendable {
  /// From one reading to the next, microseconds.
  package struct Gap: Sendable, Hashable {
    package var from: Int64
    package var before: Int64

    package init(from: Int64, before: Int64) {
      self.from = from
      self.before = before
    }
  }

  /// Gaps that are told, the longest ones: 1,000.
  package static let limit = 1_000

  private let longest: Int64
  private var last: Int64
  private var gaps: [Gap] = []

  /// - Parameters:
  ///   - longest: the longest time without a reading that is no gap, microseconds; 0: nobody says, and there are no gaps.
  ///   - from: where the span begins; nothing was measured just then, but the sensor was there.
  package init(longest: Int64, from: Int64) {
    self.longest = longest
    last = from
  }

  /// Takes the readings' times in order.
  package mutating func add(_ at: Int64) {
    defer { last = at }
    guard longest > 0, at - last > longest else { return }
    gaps.append(Gap(from: last, before: at))
    if gaps.count >= 2 * Self.limit { keepLongest() }
  }

  /// - Parameter end: the span's end, or the present moment if that is earlier.
  /// - Returns: in the order of time.
  package mutating func finish(at end: Int64) -> [Gap] {
    if end > last { add(end) }
    keepLongest()
    return gaps
  }

  private mutating func keepLongest() {
    guard gaps.count > Self.limit else { return }
    gaps = gaps.sorted { $0.before - $0.from > $1.before - $1.from }.prefix(Self.limit).sorted { $0.from < $1.from }
  }
}

extension Sensor {
  /// The longest time without a reading that is no gap, microseconds: its silence limit, else three intervals; 0 when it has neither.
  package var longestPause: Int64 {
    let pause = (rule.silenceAfter > .zero ? rule.silenceAfter : interval * 3).components
    return pause.seconds * 1_000_000 + pause.attoseconds / 1_000_000_000_000
  }
}
