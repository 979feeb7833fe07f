import Reactor

/// Times in nanoseconds, in the order in which they were taken.
struct Latencies: Sendable {
  private var values: [UInt64] = []

  var count: Int { values.count }

  mutating func add(from: MonotonicTime, to: MonotonicTime) { values.append(to.nanoseconds - min(from.nanoseconds, to.nanoseconds)) }

  mutating func add(_ others: Latencies) { values += others.values }

  /// In milliseconds; the value below which `share` of all lie.
  func quantiles(_ shares: [Double]) -> [Double] {
    let sorted = values.sorted()
    return shares.map { share in
      sorted.isEmpty ? 0 : Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1e6
    }
  }

  /// `"p50_ms":…,"p99_ms":…,"max_ms":…`
  var json: String {
    let figures = quantiles([0.5, 0.99, 1])
    return zip(["p50_ms", "p99_ms", "max_ms"], figures).map { "\"\($0)\":\($1)" }.joined(separator: ",")
  }
}
