internal import CityModel
package import LifelineDomain

/// Readings of one sensor as they arrived: times in microseconds UTC and values, equally long.
package struct ReadingRun: Sendable {
  package enum SensorName: Sendable, Hashable {
    case id(Int32)
    case code(String)
  }

  package static let mostReadings = 10_000

  package let sensor: SensorName
  package let times: [Int64]
  package let values: [Double]

  package var count: Int { times.count }

  package init(sensor: SensorName, times: [Int64], values: [Double]) throws(LifelineRefusal) {
    guard times.count == values.count else {
      throw .invalid(
        Words("一批读数有 \(times.count) 个时间、\(values.count) 个数值", "a batch has \(times.count) times and \(values.count) values"))
    }
    guard times.count <= Self.mostReadings else { throw .tooMany(Words("条读数", "readings"), limit: Self.mostReadings) }
    if case .code(let code) = sensor, code.utf8.contains(0) {
      throw .invalid(Words("传感器编码含有空字符", "a sensor's code holds a NUL character"))
    }
    self.sensor = sensor
    self.times = times
    self.values = values
  }
}

extension ReadingRun.SensorName: CustomStringConvertible {
  package var description: String {
    switch self {
    case .id(let id): "#\(id)"
    case .code(let code): code
    }
  }
}

/// What became of a stream's readings.
package struct IngestTally: Sendable, Hashable {
  package var stored = 0
  /// Part of `stored`: too old to change an alarm.
  package var late = 0
  package var repeated = 0
  package var refused = 0
  package var refusals: [String] = []

  package init() {}

  package mutating func refuse(_ count: Int, _ sentence: String, most: Int) {
    refused += count
    if refusals.count < most { refusals.append(sentence) }
  }

  package mutating func add(_ other: IngestTally, most: Int) {
    stored += other.stored
    late += other.late
    repeated += other.repeated
    refused += other.refused
    refusals.append(contentsOf: other.refusals.prefix(max(0, most - refusals.count)))
  }
}
