package import CityModel
package import LifelineDomain
internal import Postgres

/// Table `alarms`.
enum AlarmStore {
  static func insert(_ alarms: [Alarm]) -> SQL {
    """
    INSERT INTO alarms (id, sensor_id, cause, severity, peak_severity, peak_value, began_at, raised_at, closed_at, evidence)
    SELECT * FROM unnest(
      \(alarms.map(\.id)), \(alarms.map(\.sensorID)), \(alarms.map(\.cause.rawValue)), \(alarms.map(\.severity.rawValue)),
      \(alarms.map(\.peakSeverity.rawValue)), \(alarms.map(\.peakValue)), \(alarms.map(\.beganAt)), \(alarms.map(\.raisedAt)),
      \(alarms.map(\.closedAt)), \(alarms.map(\.evidence)))
    """
  }

  /// What the machine decides; acknowledgement and case belong to others.
  static func update(_ alarms: [Alarm]) -> SQL {
    """
    UPDATE alarms SET severity = new.severity, peak_severity = new.peak_severity, peak_value = new.peak_value, closed_at = new.closed_at
    FROM unnest(
      \(alarms.map(\.id)), \(alarms.map(\.severity.rawValue)), \(alarms.map(\.peakSeverity.rawValue)), \(alarms.map(\.peakValue)),
      \(alarms.map(\.closedAt))) AS new (id, severity, peak_severity, peak_value, closed_at)
    WHERE alarms.id = new.id
    """
  }

  static func acknowledge(_ id: Identifier, _ acknowledgement: Acknowledgement) -> SQL {
    """
    UPDATE alarms SET acknowledged_at = \(acknowledgement.at), acknowledged_by_id = \(acknowledgement.actor.id),
      acknowledged_by_role = \(acknowledgement.actor.role), acknowledged_by_name = \(acknowledgement.actor.name),
      note = \(acknowledgement.note)
    WHERE id = \(id)
    """
  }

  static func setCase(_ id: Identifier, _ opened: OpenedCase) -> SQL {
    "UPDATE alarms SET case_id = \(opened.id), case_number = \(opened.number) WHERE id = \(id)"
  }

  /// The open alarms of the sensors, kept from changing until the transaction's end.
  static func lockOpen(sensors: [Int32]) -> SQL {
    """
    SELECT \(fragment: columns) FROM alarms JOIN sensors ON sensors.id = sensor_id
    WHERE sensor_id = ANY (\(sensors)) AND closed_at IS NULL ORDER BY alarms.id FOR NO KEY UPDATE OF alarms
    """
  }

  static func lock(_ id: Identifier) -> SQL {
    """
    SELECT \(fragment: columns) FROM alarms JOIN sensors ON sensors.id = sensor_id WHERE alarms.id = \(id)
    FOR NO KEY UPDATE OF alarms
    """
  }

  static func find(_ ids: [Identifier]) -> SQL {
    "SELECT \(fragment: columns) FROM alarms JOIN sensors ON sensors.id = sensor_id WHERE alarms.id = ANY (\(ids))"
  }

  /// The newest first.
  static func list(_ filter: AlarmFilter, before cursor: (raisedAt: Instant, id: Identifier)?, limit: Int) -> SQL {
    var conditions: [SQL] = ["true"]
    if !filter.sensorCode.isEmpty {
      conditions.append("sensor_id = (SELECT id FROM sensors WHERE code = \(filter.sensorCode))")
    }
    if !filter.states.isEmpty {
      conditions.append("state = ANY (\(filter.states.map(\.rawValue)))")
      // The few open ones have an index of their own.
      if !filter.states.contains(.closed) { conditions.append("closed_at IS NULL") }
    }
    if !filter.causes.isEmpty { conditions.append("cause = ANY (\(filter.causes.map(\.rawValue)))") }
    if !filter.severities.isEmpty { conditions.append("alarms.severity = ANY (\(filter.severities.map(\.rawValue)))") }
    if !filter.district.isEmpty { conditions.append("district_code IN ('', \(filter.district))") }
    if let from = filter.from { conditions.append("raised_at >= \(from)") }
    if let before = filter.before { conditions.append("raised_at < \(before)") }
    if let cursor { conditions.append("(raised_at, alarms.id) < (\(cursor.raisedAt), \(cursor.id))") }
    let condition = conditions.dropFirst().reduce(conditions[0]) { "\(fragment: $0) AND \(fragment: $1)" }
    return """
      SELECT \(fragment: columns) FROM alarms JOIN sensors ON sensors.id = sensor_id WHERE \(fragment: condition)
      ORDER BY raised_at DESC, alarms.id DESC LIMIT \(limit)
      """
  }

  /// Those that were open at some moment of the span, the newest first.
  static func during(_ sensor: Int32, from: Instant, before: Instant, limit: Int) -> SQL {
    """
    SELECT \(fragment: columns) FROM alarms JOIN sensors ON sensors.id = sensor_id
    WHERE sensor_id = \(sensor) AND began_at < \(before) AND (closed_at IS NULL OR closed_at > \(from))
    ORDER BY raised_at DESC, alarms.id DESC LIMIT \(limit)
    """
  }

  private static let columns: SQL = """
    alarms.id, sensor_id, code, asset_code, district_code, cause, alarms.severity, peak_severity, peak_value, began_at, raised_at,
    closed_at, acknowledged_at, acknowledged_by_id, acknowledged_by_role, acknowledged_by_name, note, case_id, case_number, evidence
    """

  static func decode(_ rows: Rows) throws -> [Alarm] {
    try rows.map { row in
      var reader = RowReader(row)
      return try Alarm(
        id: reader.next(), sensorID: reader.next(), sensorCode: reader.next(), assetCode: reader.next(), districtCode: reader.next(),
        cause: reader.cause(), severity: reader.severity(), peakSeverity: reader.severity(), peakValue: reader.next(),
        beganAt: reader.next(), raisedAt: reader.next(), closedAt: reader.next(), acknowledgement: reader.acknowledgement(),
        openedCase: reader.openedCase(), evidence: reader.next())
    }
  }
}

/// What a listing of alarms asks for; all conditions given must hold.
package struct AlarmFilter: Sendable {
  package var sensorCode = ""
  package var states: [AlarmState] = []
  package var causes: [AlarmCause] = []
  package var severities: [Severity] = []
  package var from: Instant?
  package var before: Instant?
  /// Of sensors in this district or in none that is known; empty: the whole city's.
  package var district = ""

  package init() {}
}

extension RowReader {
  fileprivate mutating func cause() throws -> AlarmCause {
    let number = try next(Int16.self)
    guard let cause = AlarmCause(rawValue: number) else { throw StoredNonsense(description: "cause \(number)") }
    return cause
  }

  fileprivate mutating func acknowledgement() throws -> Acknowledgement? {
    let at = try next(Instant?.self)
    let (id, role, name) = (try next(String?.self), try next(String?.self), try next(String?.self))
    let note = try next(String?.self)
    guard let at else { return nil }
    return Acknowledgement(actor: AlarmActor(id: id ?? "", role: role ?? "", name: name ?? ""), note: note ?? "", at: at)
  }

  fileprivate mutating func openedCase() throws -> OpenedCase? {
    let (id, number) = (try next(Identifier?.self), try next(String?.self))
    guard let id, let number else { return nil }
    return OpenedCase(id: id, number: number)
  }
}
