internal import CityModel
internal import DispatchDomain
internal import Postgres

/// The table `cases`: statements and how their rows are read.
enum CaseStore {
  /// Locks the cases, in the order of their ids, so that two batches never wait for each other in a circle.
  static func lock(ids: [Identifier], numbers: [String]) -> SQL {
    "SELECT \(unsafeLiteral: columns) FROM cases WHERE id = ANY(\(ids)) OR number = ANY(\(numbers)) ORDER BY id FOR UPDATE"
  }

  static func lock(ids: [Identifier]) -> SQL {
    "SELECT \(unsafeLiteral: columns) FROM cases WHERE id = ANY(\(ids)) ORDER BY id FOR UPDATE"
  }

  /// Cases whose deadline passed before `instant` and that nobody else is sweeping.
  static func claimOverdue(before instant: Instant, limit: Int) -> SQL {
    """
    SELECT \(unsafeLiteral: columns) FROM cases WHERE overdue_at < \(instant)
    ORDER BY overdue_at, id LIMIT \(limit) FOR UPDATE SKIP LOCKED
    """
  }

  static let nextOverdue: SQL = "SELECT min(overdue_at) FROM cases WHERE overdue_at IS NOT NULL"

  /// Running cases counted by another calendar than the one in force.
  static func claimCountedOtherwise(than version: String, limit: Int) -> SQL {
    """
    SELECT \(unsafeLiteral: columns) FROM cases
    WHERE due_origin = 2 AND state IN (1, 2, 3) AND (calendar_version < \(version) OR calendar_version > \(version))
    LIMIT \(limit) FOR UPDATE SKIP LOCKED
    """
  }

  /// The new calendar gives the same deadlines: only the note which one counted changes.
  static func noteCalendar(_ version: String, of ids: [Identifier]) -> SQL {
    "UPDATE cases SET calendar_version = \(version) WHERE id = ANY(\(ids))"
  }

  static func find(id: Identifier) -> SQL { "SELECT \(unsafeLiteral: columns) FROM cases WHERE id = \(id)" }
  static func find(number: String) -> SQL { "SELECT \(unsafeLiteral: columns) FROM cases WHERE number = \(number)" }
  /// The earliest of them: a number that another platform gives is not promised to be unique.
  static func find(externalRef: String) -> SQL {
    """
    SELECT \(unsafeLiteral: columns) FROM cases WHERE external_ref = \(externalRef) AND external_ref <> ''
    ORDER BY filed_at, id LIMIT 1
    """
  }

  /// The order that `insert` and `read` follow.
  static let columns = """
    id, number, channel, kind, kind_name, kind_name_en, body, longitude, latitude, address, district_code, street_code, community_code, \
    unplaced, urgent, filed_at, standard_id, standard_version, limit_amount, limit_unit, check_required, external_ref, duplicate_of, \
    version, state, state_since, department, crew, authority, due_origin, due_at, due_zh, due_en, clock_start, clock_pauses, \
    calendar_version, clock_stopped_at, clock_resumed_at, overdue, supervised, supervised_by_rule, dispatched_at, handled_at, ended_at, \
    report_count, reopen_count, rework_count, return_count, dispatch_due_at
    """

  static func read(_ rows: Rows) throws -> [CaseFile] { try rows.map { row in try read(row) } }

  static func read(_ row: Row) throws(PostgresError) -> CaseFile {
    var reader = RowReader(row)
    let (filing, filed) = try readFiling(&reader)
    var file = CaseFile(blank: filing, deadline: CaseDeadline(origin: .none, due: nil, words: .none, start: filed), dispatchDueAt: filed)
    file.version = try reader.take()
    file.state = try reader.take()
    file.stateSince = try reader.take()
    file.department = try reader.take()
    file.crew = try reader.take()
    file.authority = try reader.take()
    file.deadline = try readDeadline(&reader)
    file.clockStoppedAt = try reader.take()
    file.clockResumedAt = try reader.take()
    file.overdue = try reader.take()
    file.supervised = try reader.take()
    file.supervisedByRule = try reader.take()
    file.dispatchedAt = try reader.take()
    file.handledAt = try reader.take()
    file.endedAt = try reader.take()
    file.reportCount = try reader.take()
    file.reopenCount = try reader.take()
    file.reworkCount = try reader.take()
    file.returnCount = try reader.take()
    file.dispatchDueAt = try reader.take()
    return file
  }

  private static func readFiling(_ reader: inout RowReader) throws(PostgresError) -> (Filing, Instant) {
    let (id, number, channel) = (try reader.take(Identifier.self), try reader.take(String.self), try reader.take(Int32.self))
    let (kind, name, nameEnglish) = (try reader.take(String.self), try reader.take(String.self), try reader.take(String.self))
    let text = try reader.take(String.self)
    let place = try readPlace(&reader)
    let (unplaced, urgent, filedAt) = (try reader.take(Bool.self), try reader.take(Bool.self), try reader.take(Instant.self))
    let (standard, version) = (try reader.take(String.self), try reader.take(String.self))
    let (amount, unit) = (try reader.take(Int32?.self), try reader.take(Int32?.self))
    var limit: HandlingLimit?
    if let amount, let unit = unit.flatMap(LimitUnit.init(rawValue:)) { limit = HandlingLimit(amount, unit) }
    let checkRequired = try reader.take(Bool.self)
    let (externalRef, duplicateOf) = (try reader.take(String.self), try reader.take(Identifier?.self))
    let filing = Filing(
      id: id, number: number, channel: channel, kind: kind, kindName: name, kindNameEnglish: nameEnglish, text: text, place: place,
      unplaced: unplaced, standard: FilingStandard(id: standard, version: version, limit: limit, checkRequired: checkRequired), due: nil,
      ownerDepartment: "", ownerCrew: "", urgent: urgent, duplicateOf: duplicateOf, externalRef: externalRef, filedAt: filedAt)
    return (filing, filedAt)
  }

  private static func readPlace(_ reader: inout RowReader) throws(PostgresError) -> Place {
    let (longitude, latitude) = (try reader.take(Double?.self), try reader.take(Double?.self))
    var place = Place()
    if let longitude, let latitude { place.point = GeoPoint(longitude: longitude, latitude: latitude) }
    place.address = try reader.take()
    place.districtCode = try reader.take()
    place.streetCode = try reader.take()
    place.communityCode = try reader.take()
    return place
  }

  private static func readDeadline(_ reader: inout RowReader) throws(PostgresError) -> CaseDeadline {
    let (origin, due) = (try reader.take(CaseDeadline.Origin.self), try reader.take(Instant?.self))
    let words = Words(try reader.take(), try reader.take())
    let (start, pauses) = (try reader.take(Instant.self), try reader.take([Int64].self))
    return CaseDeadline(
      origin: origin, due: due, words: words, start: start, pauses: CaseDeadline.pauses(stored: pauses),
      calendarVersion: try reader.take())
  }
}
