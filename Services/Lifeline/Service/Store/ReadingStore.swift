internal import CityModel
internal import Postgres

/// Table `readings`.
enum ReadingStore {
  static let target = CopyTarget(table: "readings", columns: ["sensor_id", "at", "value"])

  /// Readings whose instants may be stored already; such a reading is left as it is. Returns (sensor, how many were new).
  static func add(_ sensors: [Int32], _ times: [Int64], _ values: [Double]) -> SQL {
    """
    WITH added AS (
      INSERT INTO readings (sensor_id, at, value)
      SELECT * FROM unnest(\(sensors), \(times.map(Instant.init(microseconds:))), \(values))
      ON CONFLICT DO NOTHING RETURNING sensor_id)
    SELECT sensor_id, count(*) FROM added GROUP BY sensor_id
    """
  }

  static func firstAt(_ sensor: Int32) -> SQL {
    "SELECT min(at) FROM readings WHERE sensor_id = \(sensor)"
  }

  /// At or after `from`, before `before`, in the order of time.
  static func span(_ sensor: Int32, from: Instant, before: Instant, limit: Int) -> SQL {
    """
    SELECT at, value FROM readings WHERE sensor_id = \(sensor) AND at >= \(from) AND at < \(before) ORDER BY at LIMIT \(limit)
    """
  }
}
