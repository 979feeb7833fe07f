internal import CityModel
internal import LifelineDomain
internal import Postgres

/// Table `case_requests`: the outbox of alarms that wait for their case. Claims are leases; `attempts` is the fence: an answer that comes
/// after the lease was over and somebody else claimed the request is dropped.
enum CaseRequestStore {
  struct Claim {
    var alarmID: Identifier
    var attempts: Int32
    /// Intake's final refusals so far: a person has let it be asked again.
    var refusals: Int32
    var occurredAt: Instant?
    /// Nil at the first attempt.
    var readings: String?
  }

  static func insert(_ alarms: [Alarm], replaying: Bool) -> SQL {
    SQL(
      """
      INSERT INTO case_requests (alarm_id, occurred_at) SELECT * FROM unnest(
        \(alarms.map(\.id)), \(alarms.map { replaying ? $0.raisedAt : nil }))
      """
    ).announcing(LifelineKeys.caseRequests)
  }

  static func claim(limit: Int, lease: Duration) -> SQL {
    """
    WITH due AS (
      SELECT alarm_id FROM case_requests WHERE due_at <= now() ORDER BY due_at LIMIT \(limit) FOR UPDATE SKIP LOCKED)
    UPDATE case_requests SET attempts = attempts + 1, due_at = now() + \(lease.wholeMicroseconds) * interval '1 microsecond'
    FROM due WHERE case_requests.alarm_id = due.alarm_id
    RETURNING case_requests.alarm_id, attempts, refusals, occurred_at, readings
    """
  }

  static func decodeClaims(_ rows: Rows) throws -> [Claim] {
    try rows.map { row in
      var reader = RowReader(row)
      return Claim(
        alarmID: try reader.next(), attempts: try reader.next(), refusals: try reader.next(), occurredAt: try reader.next(),
        readings: try reader.next())
    }
  }

  /// The last readings up to each alarm's raising: (alarm, at, value), the oldest first.
  static func evidence(_ alarms: [Identifier], limit: Int) -> SQL {
    """
    SELECT alarms.id, last.at, last.value FROM alarms CROSS JOIN LATERAL (
      SELECT at, value FROM readings WHERE readings.sensor_id = alarms.sensor_id AND at <= raised_at
      ORDER BY at DESC LIMIT \(limit)) AS last
    WHERE alarms.id = ANY (\(alarms)) ORDER BY alarms.id, last.at
    """
  }

  static func setReadings(_ readings: [(alarm: Identifier, text: String)]) -> SQL {
    """
    UPDATE case_requests SET readings = new.readings
    FROM unnest(\(readings.map(\.alarm)), \(readings.map(\.text))) AS new (alarm_id, readings)
    WHERE case_requests.alarm_id = new.alarm_id
    """
  }

  /// Affects no row when the claim is no longer ours.
  static func finish(_ claim: Claim) -> SQL {
    "DELETE FROM case_requests WHERE alarm_id = \(claim.alarmID) AND attempts = \(claim.attempts)"
  }

  static func postpone(_ claim: Claim, by pause: Duration, because error: String) -> SQL {
    """
    UPDATE case_requests SET due_at = now() + \(pause.wholeMicroseconds) * interval '1 microsecond', last_error = \(error)
    WHERE alarm_id = \(claim.alarmID) AND attempts = \(claim.attempts)
    """
  }

  /// Alarms that wait for their case, and those for which intake has said that there will be none.
  static let waiting: SQL = """
    SELECT count(*) FILTER (WHERE due_at < 'infinity'), count(*) FILTER (WHERE due_at = 'infinity') FROM case_requests
    """

  /// Intake has answered for good that there will be no case. A person may look into it, and let it be asked again.
  static func shelve(_ claim: Claim, because answer: String) -> SQL {
    """
    UPDATE case_requests SET due_at = 'infinity', refusals = refusals + 1, last_error = \(answer)
    WHERE alarm_id = \(claim.alarmID) AND attempts = \(claim.attempts)
    """
  }
}
