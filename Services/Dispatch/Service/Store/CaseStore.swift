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
    file.version = try reader.next()
    file.state = try reader.next()
    file.stateSince = try reader.next()
    file.department = try reader.next()
    file.crew = try reader.next()
    file.authority = try reader.next()
    file.deadline = try readDeadline(&reader)
    file.clockStoppedAt = try reader.next()
    file.clockResumedAt = try reader.next()
    file.overdue = try reader.next()
    file.supervised = try reader.next()
    file.supervisedByRule = try reader.next()
    file.dispatchedAt = try reader.next()
    file.handledAt = try reader.next()
    file.endedAt = try reader.next()
    file.reportCount = try reader.next()
    file.reopenCount = try reader.next()
    file.reworkCount = try reader.next()
    file.returnCount = try reader.next()
    file.dispatchDueAt = try reader.next()
    return file
  }

  private static func readFiling(_ reader: inout RowReader) throws(PostgresError) -> (Filing, Instant) {
    let (id, number, channel) = (try reader.next(Identifier.self), try reader.next(String.self), try reader.next(Int32.self))
    let (kind, name, nameEnglish) = (try reader.next(String.self), try reader.next(String.self), try reader.next(String.self))
    let text = try reader.next(String.self)
    let place = try readPlace(&reader)
    let (unplaced, urgent, filedAt) = (try reader.next(Bool.self), try reader.next(Bool.self), try reader.next(Instant.self))
    let (standard, version) = (try reader.next(String.self), try reader.next(String.self))
    let (amount, unit) = (try reader.next(Int32?.self), try reader.next(Int32?.self))
    var limit: HandlingLimit?
    if let amount, let unit = unit.flatMap(LimitUnit.init(rawValue:)) { limit = HandlingLimit(amount, unit) }
    let checkRequired = try reader.next(Bool.self)
    let (externalRef, duplicateOf) = (try reader.next(String.self), try reader.next(Identifier?.self))
    let filing = Filing(
      id: id, number: number, channel: channel, kind: kind, kindName: name, kindNameEnglish: nameEnglish, text: text, place: place,
      unplaced: unplaced, standard: FilingStandard(id: standard, version: version, limit: limit, checkRequired: checkRequired), due: nil,
      ownerDepartment: "", ownerCrew: "", urgent: urgent, duplicateOf: duplicateOf, externalRef: externalRef, filedAt: filedAt)
    return (filing, filedAt)
  }

  private static func readPlace(_ reader: inout RowReader) throws(PostgresError) -> Place {
    let (longitude, latitude) = (try reader.next(Double?.self), try reader.next(Double?.self))
    var place = Place()
    if let longitude, let latitude { place.point = GeoPoint(longitude: longitude, latitude: latitude) }
    place.address = try reader.next()
    place.districtCode = try reader.next()
    place.streetCode = try reader.next()
    place.communityCode = try reader.next()
    return place
  }

  private static func readDeadline(_ reader: inout RowReader) throws(PostgresError) -> CaseDeadline {
    let (origin, due) = (try reader.next(CaseDeadline.Origin.self), try reader.next(Instant?.self))
    let words = Words(try reader.next(), try reader.next())
    let (start, pauses) = (try reader.next(Instant.self), try reader.next([Int64].self))
    return CaseDeadline(
      origin: origin, due: due, words: words, start: start, pauses: CaseDeadline.pauses(stored: pauses),
      calendarVersion: try reader.next())
  }
}
