internal import CityModel
internal import Events
internal import IntakeDomain
internal import Postgres

/// The statements that file a batch of reports: a constant number, however many reports.
enum FilingStore {
  /// Open cases that are compared with one report, per grid cell: the oldest 64.
  static let candidateLimit = 64

  // MARK: Looking

  /// Holds the neighbourhood of every report until the transaction ends, so that of two that repeat each other one sees the other,
  /// whichever
  /// replica files it. In ascending order, so that two batches cannot wait for each other.
  static func lock(_ reports: [PreparedReport]) -> SQL {
    var keys = Set<Int64>()
    for report in reports {
      for cell in report.filing.lockCells { keys.insert(lockKey(kind: report.filing.kind.code, cell: cell)) }
    }
    return lock(keys)
  }

  /// Holds the neighbourhood of a case, whatever the radius of its kind: who is just joining it has committed then, and nobody else joins
  /// it before this transaction has.
  static func lock(around spot: CaseSpot) -> SQL {
    lock(Set(GeoGrid.cells(around: spot.point, halfSideM: DuplicateRule.longestRadiusM / 2).map { lockKey(kind: spot.kind, cell: $0) }))
  }

  private static func lock(_ keys: Set<Int64>) -> SQL {
    "SELECT count(pg_advisory_xact_lock(key)) FROM unnest(\(keys.sorted())) AS key"
  }

  /// FNV-1a. Two places that meet by chance wait for each other, nothing worse.
  static func lockKey(kind: String, cell: Int64) -> Int64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in "intake".utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    for byte in kind.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    for shift in stride(from: 0, to: 64, by: 8) {
      hash = (hash ^ UInt64(truncatingIfNeeded: cell >> shift & 0xff)) &* 0x0000_0100_0000_01b3
    }
    return Int64(bitPattern: hash)
  }

  /// Cases of the same kind near each report that were open when it was made. Read by `openCases`.
  static func candidates(_ reports: [PreparedReport]) -> SQL {
    var columns = CandidateColumns()
    for (index, report) in reports.enumerated() { columns.append(Int32(index), report.filing) }
    return """
      SELECT asked.n, near.id, near.number, asked.kind, near.longitude, near.latitude, near.opened_at
      FROM unnest(
        \(columns.numbers), \(columns.kinds), \(columns.cells), \(columns.earliest), \(columns.latest), \(columns.instants),
        \(columns.west), \(columns.east), \(columns.south), \(columns.north)
      ) AS asked (n, kind, cell, earliest, latest, instant, west, east, south, north)
      CROSS JOIN LATERAL (
        SELECT id, number, longitude, latitude, opened_at FROM cases
        WHERE cases.kind = asked.kind AND cases.cell = asked.cell AND cases.opened_at BETWEEN asked.earliest AND asked.latest
          AND (cases.closed_at IS NULL OR cases.closed_at > asked.instant)
          AND cases.longitude BETWEEN asked.west AND asked.east AND cases.latitude BETWEEN asked.south AND asked.north
        ORDER BY cases.opened_at LIMIT \(candidateLimit)
      ) AS near
      """
  }

  static func openCases(_ rows: Rows, count: Int) throws -> [[OpenCase]] {
    var found = [[OpenCase]](repeating: [], count: count)
    for row in rows {
      let (n, id, number, kind, longitude, latitude, openedAt) = try row.decode(
        Int32.self, Identifier.self, String.self, String.self, Double.self, Double.self, Instant.self)
      found[Int(n)].append(
        OpenCase(
          id: id, number: number, kind: kind, point: GeoPoint(longitude: longitude, latitude: latitude), openedAt: openedAt))
    }
    return found
  }

  static func numbers(_ count: Int) -> SQL {
    "SELECT nextval('case_numbers') FROM generate_series(1, \(count))"
  }

  /// The end of the last transaction that told of one of these reports. Not the log's head: that leaves out what readers may not see yet.
  static func lastFact(of reports: [Identifier]) -> SQL {
    """
    WITH told AS MATERIALIZED (SELECT xid FROM events WHERE subject = ANY(\(reports)))
    SELECT xid, id FROM events WHERE xid = (SELECT xid FROM told ORDER BY xid DESC LIMIT 1) ORDER BY xid DESC, id DESC LIMIT 1
    """
  }

  static func position(_ rows: Rows) throws -> EventPosition? {
    guard let (transaction, sequence) = try rows.first?.decode(TransactionNumber.self, Int64.self) else { return nil }
    return EventPosition(transaction: transaction.rawValue, sequence: sequence)
  }

  // MARK: Writing

  /// The statements of a batch, and which of them appends the events.
  struct Statements {
    var all: [SQL] = []
    var eventsIndex = 0
  }

  static func write(_ filed: [FiledReport], recordedAt: Instant) -> Statements {
    var statements = Statements()
    let opening = filed.filter { $0.state == .filed }
    if !opening.isEmpty { statements.all.append(insertCases(opening.map(NewCase.init))) }
    statements.all.append(insertReports(filed, recordedAt: recordedAt))
    if filed.contains(where: { !$0.report.submission.evidence.isEmpty }) { statements.all.append(insertEvidence(filed)) }
    statements.eventsIndex = statements.all.count
    statements.all.append(EventLog.append(filed.flatMap(IntakeFacts.facts(of:)), recordedAt: recordedAt))
    let answered = filed.map { (command: $0.report.command, response: $0.answer.stored) }.sorted { $0.command.key < $1.command.key }
    statements.all.append(CommandLog.record(answered, at: recordedAt))
    return statements
  }

  static func insertCases(_ cases: [NewCase]) -> SQL {
    """
    INSERT INTO cases (id, number, kind, cell, longitude, latitude, opened_at)
    SELECT * FROM unnest(
      \(cases.map(\.id)), \(cases.map(\.number)), \(cases.map(\.kind)), \(cases.map { $0.point.map(GeoGrid.cell(of:)) }),
      \(cases.map { $0.point?.longitude }), \(cases.map { $0.point?.latitude }), \(cases.map(\.openedAt)))
    """
  }

  private static func insertReports(_ filed: [FiledReport], recordedAt: Instant) -> SQL {
    let reports = filed.map(\.report)
    let submissions = reports.map(\.submission)
    let places = reports.map(\.placement.place)
    return """
      INSERT INTO reports (
        id, state, channel, kind, kind_version, text, address, longitude, latitude, district_code, street_code, community_code, unplaced,
        case_id, duplicate_of, duplicate_reason, duplicate_reason_en, reason, reason_en, external_ref, owner_department, owner_crew,
        due_at, urgent, sealed_name, sealed_phone, occurred_at, recorded_at)
      SELECT
        id, state, channel, kind, kind_version, text, address, longitude, latitude, district_code, street_code, community_code, unplaced,
        case_id, duplicate_of, duplicate_reason, duplicate_reason_en, reason, reason_en, external_ref, owner_department, owner_crew,
        due_at, urgent, nullif(sealed_name, ''), nullif(sealed_phone, ''), occurred_at, \(recordedAt)
      FROM unnest(
        \(reports.map(\.id)), \(filed.map(\.state.rawValue)), \(reports.map(\.channel.rawValue)), \(reports.map(\.filing.kind.code)),
        \(reports.map(\.kindVersion)), \(submissions.map(\.text)), \(places.map(\.address)), \(places.map { $0.point?.longitude }),
        \(places.map { $0.point?.latitude }), \(places.map(\.districtCode)), \(places.map(\.streetCode)), \(places.map(\.communityCode)),
        \(reports.map { $0.placement.unplaced?.rawValue }), \(filed.map(\.caseID)), \(filed.map(\.duplicate)),
        \(filed.map(\.duplicateReason.chinese)), \(filed.map(\.duplicateReason.english)),
        \(filed.map(\.reason.chinese)), \(filed.map(\.reason.english)), \(submissions.map(\.externalRef)),
        \(submissions.map(\.ownerDepartment)), \(submissions.map(\.ownerCrew)), \(submissions.map(\.dueAt)), \(submissions.map(\.urgent)),
        \(reports.map(\.sealedName)), \(reports.map(\.sealedPhone)), \(reports.map(\.occurredAt))
      ) AS report (
        id, state, channel, kind, kind_version, text, address, longitude, latitude, district_code, street_code, community_code, unplaced,
        case_id, duplicate_of, duplicate_reason, duplicate_reason_en, reason, reason_en, external_ref, owner_department, owner_crew,
        due_at, urgent, sealed_name, sealed_phone, occurred_at)
      """
  }

  private static func insertEvidence(_ filed: [FiledReport]) -> SQL {
    var (reports, ordinals, kinds, contents): ([Identifier], [Int16], [String], [String]) = ([], [], [], [])
    for report in filed.map(\.report) {
      for (index, evidence) in report.submission.evidence.enumerated() {
        reports.append(report.id)
        ordinals.append(Int16(index))
        kinds.append(evidence.kind)
        contents.append(evidence.content)
      }
    }
    return """
      INSERT INTO evidence (report_id, ordinal, kind, content)
      SELECT * FROM unnest(\(reports), \(ordinals), \(kinds), \(contents))
      """
  }
}

/// Where reports join a case: its kind and its point.
struct CaseSpot: Sendable, Hashable {
  let kind: String
  let point: GeoPoint
}

/// A case as it is entered into the index of open cases.
struct NewCase: Sendable {
  let id: Identifier
  let number: String
  let kind: String
  let point: GeoPoint?
  let openedAt: Instant
}

extension NewCase {
  init(_ filed: FiledReport) {
    self.init(
      id: filed.report.filing.caseID, number: filed.caseNumber, kind: filed.report.filing.kind.code, point: filed.report.filing.point,
      openedAt: filed.report.occurredAt)
  }
}

/// The question for candidates, column by column: a row for each report and grid cell.
private struct CandidateColumns {
  var numbers: [Int32] = []
  var kinds: [String] = []
  var cells: [Int64] = []
  var earliest: [Instant] = []
  var latest: [Instant] = []
  var instants: [Instant] = []
  var west: [Double] = []
  var east: [Double] = []
  var south: [Double] = []
  var north: [Double] = []

  mutating func append(_ number: Int32, _ filing: FilingRequest) {
    guard let point = filing.point else { return }
    let rule = filing.kind.duplicateRule
    // A little more than the radius: the exact distance is measured afterwards.
    let latitude = rule.radiusM * 1.01 / GeoPoint.metresPerDegree
    let longitude = rule.radiusM * 1.01 / max(1, point.metresPerDegreeOfLongitude)
    for cell in filing.candidateCells {
      numbers.append(number)
      kinds.append(filing.kind.code)
      cells.append(cell)
      earliest.append(filing.occurredAt - rule.window)
      latest.append(filing.occurredAt + rule.window)
      instants.append(filing.occurredAt)
      west.append(point.longitude - longitude)
      east.append(point.longitude + longitude)
      south.append(point.latitude - latitude)
      north.append(point.latitude + latitude)
    }
  }
}
