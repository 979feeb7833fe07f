internal import CityModel
internal import IntakeDomain
internal import Postgres

/// A report as it is stored, with its case's number.
struct StoredReport: Sendable {
  var id: Identifier
  var state: ReportState
  var channel: Channel
  var kind: String
  var kindVersion: String
  var text: String
  var place: Place
  var unplaced: Placement.Unplaced?
  var caseID: Identifier?
  var caseNumber: String
  var duplicateOf: Identifier?
  var duplicateReason: Words
  var reason: Words
  var externalRef: String
  var ownerDepartment: String
  var ownerCrew: String
  var dueAt: Instant?
  var urgent: Bool
  var sealedName: [UInt8]?
  var sealedPhone: [UInt8]?
  var occurredAt: Instant
  var recordedAt: Instant
  var evidence: [Evidence] = []
}

/// Which reports a list shows.
struct ReportFilter: Sendable {
  var caseID: Identifier?
  var onlyUnplaced = false
  var externalRef = ""
  var states: [ReportState] = []
  var after: Identifier?
  var limit = 100
  /// Only of this district and of none; empty: all.
  var district = ""
  /// Only of cases that this department or crew has; nil: of every case and of none.
  var scope: ReportScope?
}

/// What dispatch tells of a case.
struct CaseNews: Sendable, Hashable {
  let id: Identifier
  /// An instant takes the case out of the index of open ones, `.some(nil)` back into it; nil changes nothing.
  var closedAt: Instant??
  /// Who has it now; nil when it was not told.
  var department: String?
  var crew: String?
}

enum ReportStore {
  private static let columns: SQL = """
    r.id, r.state, r.channel, r.kind, r.kind_version, r.text, r.address, r.longitude, r.latitude, r.district_code, r.street_code,
    r.community_code, r.unplaced, r.case_id, c.number, r.duplicate_of, r.duplicate_reason, r.duplicate_reason_en, r.reason, r.reason_en,
    r.external_ref, r.owner_department, r.owner_crew, r.due_at, r.urgent, r.sealed_name, r.sealed_phone, r.occurred_at, r.recorded_at
    """

  /// - Parameter locked: Until the transaction's end.
  static func find(_ id: Identifier, locked: Bool = false) -> SQL {
    """
    SELECT \(fragment: columns) FROM reports r LEFT JOIN cases c ON c.id = r.case_id WHERE r.id = \(id)
    \(unsafeLiteral: locked ? "FOR UPDATE OF r" : "")
    """
  }

  /// Oldest first; every condition is a fragment of its own so that each list uses its index.
  static func list(_ filter: ReportFilter) -> SQL {
    var conditions: SQL = "true"
    if let after = filter.after { conditions = "\(fragment: conditions) AND r.id > \(after)" }
    if let caseID = filter.caseID { conditions = "\(fragment: conditions) AND r.case_id = \(caseID)" }
    if filter.onlyUnplaced { conditions = "\(fragment: conditions) AND r.unplaced IS NOT NULL AND r.state <> 3" }
    if !filter.externalRef.isEmpty {
      conditions = "\(fragment: conditions) AND r.external_ref <> '' AND r.external_ref = \(filter.externalRef)"
    }
    if !filter.states.isEmpty { conditions = "\(fragment: conditions) AND r.state = ANY(\(filter.states.map(\.rawValue)))" }
    if !filter.district.isEmpty { conditions = "\(fragment: conditions) AND r.district_code IN ('', \(filter.district))" }
    if let scope = filter.scope {
      conditions = "\(fragment: conditions) AND c.department = \(scope.department)"
      if let crew = scope.crew { conditions = "\(fragment: conditions) AND c.crew = \(crew)" }
    }
    return """
      SELECT \(fragment: columns) FROM reports r LEFT JOIN cases c ON c.id = r.case_id
      WHERE \(fragment: conditions) ORDER BY r.id LIMIT \(filter.limit)
      """
  }

  static func evidence(of reports: [Identifier]) -> SQL {
    "SELECT report_id, kind, content FROM evidence WHERE report_id = ANY(\(reports)) ORDER BY report_id, ordinal"
  }

  /// - Parameter evidence: The rows of `evidence(of:)`.
  static func reports(_ rows: Rows, evidence: Rows? = nil) throws -> [StoredReport] {
    var reports = try rows.map(StoredReport.init)
    guard let evidence else { return reports }
    var byReport: [Identifier: [Evidence]] = [:]
    for (id, kind, content) in try evidence.decode(Identifier.self, String.self, String.self) {
      byReport[id, default: []].append(Evidence(kind: kind, content: content))
    }
    for index in reports.indices { reports[index].evidence = byReport[reports[index].id] ?? [] }
    return reports
  }

  static func place(_ id: Identifier, _ placement: Placement) -> SQL {
    let place = placement.place
    return """
      UPDATE reports SET longitude = \(place.point?.longitude), latitude = \(place.point?.latitude), address = \(place.address),
        district_code = \(place.districtCode), street_code = \(place.streetCode), community_code = \(place.communityCode), unplaced = NULL
      WHERE id = \(id)
      """
  }

  /// A case moves along with the report that opened it.
  static func moveCase(_ caseID: Identifier, to point: GeoPoint) -> SQL {
    """
    UPDATE cases SET cell = \(GeoGrid.cell(of: point)), longitude = \(point.longitude), latitude = \(point.latitude)
    WHERE id = \(caseID)
    """
  }

  static func unlink(_ id: Identifier, into caseID: Identifier, reason: String) -> SQL {
    """
    UPDATE reports SET state = 1, case_id = \(caseID), duplicate_of = NULL, duplicate_reason = '', duplicate_reason_en = '',
      reason = \(reason), reason_en = '' WHERE id = \(id)
    """
  }

  static func reject(_ id: Identifier, reason: String) -> SQL {
    "UPDATE reports SET state = 3, case_id = NULL, reason = \(reason), reason_en = '' WHERE id = \(id)"
  }

  /// Locks the case. Its row is read by `caseSpot`.
  static func lockCase(_ id: Identifier) -> SQL { "SELECT kind, longitude, latitude FROM cases WHERE id = \(id) FOR UPDATE" }

  /// Nil for a case without a point: no report joins it.
  static func caseSpot(_ rows: Rows) throws -> CaseSpot? {
    guard let (kind, longitude, latitude) = try rows.first?.decode(String.self, Double?.self, Double?.self) else { return nil }
    guard let longitude, let latitude else { return nil }
    return CaseSpot(kind: kind, point: GeoPoint(longitude: longitude, latitude: latitude))
  }

  /// Whether another report than this one is on the case.
  static func otherReports(of caseID: Identifier, than report: Identifier) -> SQL {
    "SELECT EXISTS (SELECT FROM reports WHERE case_id = \(caseID) AND id <> \(report))"
  }

  /// A case that never stood for anything: reports that were made before this was seen don't join it either.
  static func void(_ caseID: Identifier) -> SQL { "UPDATE cases SET closed_at = \(Instant.distantPast) WHERE id = \(caseID)" }

  /// What dispatch has done with cases. Only rows that it changes are written; a void case stays void, unless it is reopened.
  static func follow(_ cases: [CaseNews]) -> SQL {
    """
    UPDATE cases SET closed_at = CASE
        WHEN news.moves AND (news.closed_at IS NULL OR cases.closed_at IS DISTINCT FROM \(Instant.distantPast)) THEN news.closed_at
        ELSE cases.closed_at END,
      department = coalesce(news.department, cases.department), crew = coalesce(news.crew, cases.crew)
    FROM unnest(\(cases.map(\.id)), \(cases.map { $0.closedAt != nil }), \(cases.map { $0.closedAt ?? nil }), \(cases.map(\.department)),
      \(cases.map(\.crew))) AS news (id, moves, closed_at, department, crew)
    WHERE cases.id = news.id AND (news.moves OR (cases.department, cases.crew)
      IS DISTINCT FROM (coalesce(news.department, cases.department), coalesce(news.crew, cases.crew)))
    """
  }
}

extension StoredReport {
  init(_ row: Row) throws {
    func words(_ column: Int) throws -> Words { Words(try row[column, String.self], try row[column + 1, String.self]) }
    let (longitude, latitude) = (try row[7, Double?.self], try row[8, Double?.self])
    var place = Place(
      address: try row[6, String.self], districtCode: try row[9, String.self], streetCode: try row[10, String.self],
      communityCode: try row[11, String.self])
    if let longitude, let latitude { place.point = GeoPoint(longitude: longitude, latitude: latitude) }
    self.init(
      id: try row[0, Identifier.self], state: try row[1, ReportState.self], channel: try row[2, Channel.self],
      kind: try row[3, String.self], kindVersion: try row[4, String.self], text: try row[5, String.self], place: place,
      unplaced: try row[12, Placement.Unplaced?.self], caseID: try row[13, Identifier?.self],
      caseNumber: try row[14, String?.self] ?? "", duplicateOf: try row[15, Identifier?.self], duplicateReason: try words(16),
      reason: try words(18), externalRef: try row[20, String.self], ownerDepartment: try row[21, String.self],
      ownerCrew: try row[22, String.self], dueAt: try row[23, Instant?.self], urgent: try row[24, Bool.self],
      sealedName: try row[25, [UInt8]?.self], sealedPhone: try row[26, [UInt8]?.self], occurredAt: try row[27, Instant.self],
      recordedAt: try row[28, Instant.self])
  }
}
