internal import CityModel
internal import LifelineDomain
internal import Postgres

/// Tables `sensors` and `sensor_states`.
enum SensorStore {
  /// A sensor with what its machine remembers.
  struct Stored {
    var sensor: Sensor
    var state: SensorState
  }

  // MARK: registering

  /// Returns (id, code).
  static func put(_ sensors: [Sensor]) -> SQL {
    let place = PlaceColumns(sensors.map(\.place))
    let rules = sensors.map(\.rule)
    return """
      INSERT INTO sensors (code, name, asset_code, quantity, unit, \(fragment: PlaceColumns.names), case_kind, interval_us,
        above, limit_blue, limit_yellow, limit_orange, limit_red, hysteresis, min_duration_us, silence_after_us, silence_severity)
      SELECT * FROM unnest(
        \(sensors.map(\.code)), \(sensors.map(\.name)), \(sensors.map(\.assetCode)), \(sensors.map(\.quantity)), \(sensors.map(\.unit)),
        \(place.longitudes), \(place.latitudes), \(place.addresses), \(place.districts), \(place.streets), \(place.communities),
        \(sensors.map(\.caseKind)), \(sensors.map(\.interval.wholeMicroseconds)), \(rules.map(\.above)),
        \(rules.map { $0.limit(of: .blue) }), \(rules.map { $0.limit(of: .yellow) }), \(rules.map { $0.limit(of: .orange) }),
        \(rules.map { $0.limit(of: .red) }), \(rules.map(\.hysteresis)), \(rules.map(\.minDuration.wholeMicroseconds)),
        \(rules.map(\.silenceAfter.wholeMicroseconds)), \(rules.map(\.silenceSeverity.rawValue)))
      ON CONFLICT (code) DO UPDATE SET
        name = excluded.name, asset_code = excluded.asset_code, quantity = excluded.quantity, unit = excluded.unit,
        longitude = excluded.longitude, latitude = excluded.latitude, address = excluded.address,
        district_code = excluded.district_code, street_code = excluded.street_code, community_code = excluded.community_code,
        case_kind = excluded.case_kind, interval_us = excluded.interval_us, above = excluded.above,
        limit_blue = excluded.limit_blue, limit_yellow = excluded.limit_yellow, limit_orange = excluded.limit_orange,
        limit_red = excluded.limit_red, hysteresis = excluded.hysteresis, min_duration_us = excluded.min_duration_us,
        silence_after_us = excluded.silence_after_us, silence_severity = excluded.silence_severity
      RETURNING id, code
      """
  }

  static func makeStates(_ ids: [Int32]) -> SQL {
    "INSERT INTO sensor_states (sensor_id) SELECT unnest(\(ids)) ON CONFLICT DO NOTHING"
  }

  static func ids(ofCodes codes: [String]) -> SQL {
    "SELECT id, code FROM sensors WHERE code = ANY (\(codes))"
  }

  // MARK: machines

  /// Fences the sensors for the rest of the transaction: always in the order of their ids, so that nobody waits in a circle. What the
  /// rows hold is read by the next statement: this one may have seen an older version of a row for which it waited.
  static func lock(_ ids: [Int32]) -> SQL {
    "SELECT sensor_id FROM sensor_states WHERE sensor_id = ANY (\(ids)) ORDER BY sensor_id FOR NO KEY UPDATE"
  }

  /// Fences sensors whose silence may be due at `now`. Returns their ids.
  static func lockDue(now: Instant, replaying: Bool, limit: Int) -> SQL {
    """
    SELECT sensor_id FROM sensor_states WHERE silence_due < \(now) AND (\(replaying) OR NOT replayed)
    ORDER BY sensor_id LIMIT \(limit) FOR NO KEY UPDATE
    """
  }

  /// The replay that fed these sensors is over: nobody expects them to go on, not even during another replay.
  static let forgetReplayed: SQL = """
    WITH over AS (
      SELECT sensor_id FROM sensor_states WHERE replayed AND silence_due IS NOT NULL ORDER BY sensor_id FOR NO KEY UPDATE)
    UPDATE sensor_states SET silence_due = NULL FROM over WHERE sensor_states.sensor_id = over.sensor_id
    """

  static func nextSilenceDue(replaying: Bool) -> SQL {
    "SELECT min(silence_due) FROM sensor_states WHERE silence_due IS NOT NULL AND (\(replaying) OR NOT replayed)"
  }

  static func load(_ ids: [Int32]) -> SQL {
    "SELECT \(fragment: columns) FROM sensors JOIN sensor_states ON sensor_id = id WHERE id = ANY (\(ids))"
  }

  static func find(code: String) -> SQL {
    "SELECT \(fragment: columns) FROM sensors JOIN sensor_states ON sensor_id = id WHERE code = \(code)"
  }

  /// - Parameters:
  ///   - assetCode: empty: of every asset.
  ///   - district: only of this one and of none that is known; empty: all.
  static func list(assetCode: String, district: String, after code: String, limit: Int) -> SQL {
    let ofAsset: SQL = assetCode.isEmpty ? "" : "AND asset_code = \(assetCode)"
    let ofDistrict: SQL = district.isEmpty ? "" : "AND district_code IN ('', \(district))"
    return """
      SELECT \(fragment: columns) FROM sensors JOIN sensor_states ON sensor_id = id
      WHERE code > \(code) \(fragment: ofAsset) \(fragment: ofDistrict) ORDER BY code LIMIT \(limit)
      """
  }

  /// Something has come from the sensor.
  struct Reception {
    /// By the node's clock.
    var at: Instant
    /// A replay drives that clock.
    var replaying: Bool
  }

  /// - Parameter received: nil when nothing came from these sensors.
  static func save(_ stored: [Stored], received: Reception?) -> SQL {
    let states = stored.map(\.state)
    func held(_ severity: Severity) -> [Instant?] {
      states.map { state in
        let since = state.heldSince[Int(severity.rawValue) - 1]
        return since == SensorState.notHeld ? nil : Instant(microseconds: since)
      }
    }
    let due = stored.map { one -> Instant? in
      guard let deadline = one.state.silenceDeadline(one.sensor.rule) else { return nil }
      return max(deadline, received.map { $0.at + one.sensor.rule.silenceAfter } ?? deadline)
    }
    let reception: SQL = received.map { "received_at = \($0.at), replayed = \($0.replaying)," } ?? ""
    return """
      UPDATE sensor_states SET
        last_at = new.last_at, last_value = new.last_value, \(fragment: reception) held_blue = new.held_blue,
        held_yellow = new.held_yellow, held_orange = new.held_orange, held_red = new.held_red, began_at = new.began_at,
        extreme = new.extreme, severity = new.severity, silent_since = new.silent_since, silence_due = new.silence_due
      FROM unnest(
        \(stored.map(\.sensor.id)), \(states.map(\.lastAt)), \(states.map(\.lastValue)), \(held(.blue)), \(held(.yellow)),
        \(held(.orange)), \(held(.red)), \(states.map(\.beganAt)), \(states.map(\.extreme)), \(states.map { $0.severity?.rawValue }),
        \(states.map(\.silentSince)), \(due))
        AS new (sensor_id, last_at, last_value, held_blue, held_yellow, held_orange, held_red, began_at, extreme, severity, silent_since,
          silence_due)
      WHERE sensor_states.sensor_id = new.sensor_id
      """
  }

  private static let columns: SQL = """
    id, code, name, asset_code, quantity, unit, longitude, latitude, address, district_code, street_code, community_code, above,
    limit_blue, limit_yellow, limit_orange, limit_red, hysteresis, min_duration_us, silence_after_us, silence_severity, case_kind,
    interval_us, last_at, last_value, held_blue, held_yellow, held_orange, held_red, began_at, extreme, severity, silent_since
    """

  static func decode(_ rows: Rows) throws -> [Stored] {
    try rows.map { row in
      var reader = RowReader(row)
      return Stored(sensor: try reader.sensor(), state: try reader.state())
    }
  }
}

extension RowReader {
  fileprivate mutating func sensor() throws -> Sensor {
    try Sensor(
      id: next(), code: next(), name: next(), assetCode: next(), quantity: next(), unit: next(), place: place(), rule: rule(),
      caseKind: next(), interval: .microseconds(next(Int64.self)))
  }

  private mutating func rule() throws -> SensorRule {
    let above = try next(Bool.self)
    var thresholds: [SensorRule.Threshold] = []
    for severity in Severity.allCases {
      if let limit = try next(Double?.self) { thresholds.append(.init(severity, limit)) }
    }
    return try SensorRule(
      above: above, thresholds: thresholds, hysteresis: next(), minDuration: .microseconds(next(Int64.self)),
      silenceAfter: .microseconds(next(Int64.self)), silenceSeverity: severity())
  }

  fileprivate mutating func state() throws -> SensorState {
    var state = SensorState()
    state.lastAt = try next()
    state.lastValue = try next()
    for severity in Severity.allCases {
      if let since = try next(Instant?.self) { state.heldSince[Int(severity.rawValue) - 1] = since.microseconds }
    }
    state.beganAt = try next()
    state.extreme = try next()
    if let severity = try next(Int16?.self) { state.severity = try Severity(stored: severity) }
    state.silentSince = try next()
    return state
  }

  mutating func severity() throws -> Severity { try Severity(stored: next()) }
}

extension Severity {
  init(stored number: Int16) throws {
    guard let severity = Severity(rawValue: number) else { throw StoredNonsense(description: "severity \(number)") }
    self = severity
  }
}
