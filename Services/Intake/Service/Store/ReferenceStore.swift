internal import CityModel
internal import IntakeDomain
internal import Postgres

/// A division with its area and its words.
struct StoredDivision: Sendable {
  let tier: DivisionTier
  let code: String
  let name: String
  let parent: String
  /// OGC well-known binary; none when it was not asked for, or never given.
  let area: [UInt8]?
}

/// Divisions, code tables and filing standards in the database. Each change makes its part's version grow in the same transaction.
struct ReferenceStore: Sendable {
  let database: Database

  func versions() async throws -> [(ReferencePart, Int64)] {
    try await database.query("SELECT part, version FROM reference_versions").decode(String.self, Int64.self).compactMap { name, version in
      ReferencePart(rawValue: name).map { ($0, version) }
    }
  }

  /// Serialises the changes of a part until the transaction's end.
  static func touch(_ part: ReferencePart) -> SQL {
    let sql: SQL = "UPDATE reference_versions SET version = version + 1 WHERE part = \(part.rawValue)"
    return sql.announcing(IntakeKeys.referenceChannel)
  }

  // MARK: Divisions

  /// In the order in which overlaps are decided.
  func divisions() async throws -> [(tier: DivisionTier, code: String, parent: String, area: MultiPolygon?)] {
    try await listDivisions(tier: nil, withArea: true).map { stored in
      (stored.tier, stored.code, stored.parent, try stored.area.map { try MultiPolygon(wkb: $0) })
    }
  }

  /// - Parameters:
  ///   - tier: nil means every tier.
  ///   - parent: empty means whatever parent.
  ///   - tolerance: with the area: simplified to about this many degrees; 0 as it is.
  func listDivisions(tier: DivisionTier?, parent: String = "", withArea: Bool, tolerance: Double = 0) async throws -> [StoredDivision] {
    let area: SQL =
      !withArea
      ? "NULL::bytea"
      : tolerance == 0
        ? "public.ST_AsBinary(area)" : "public.ST_AsBinary(public.ST_Multi(public.ST_SimplifyPreserveTopology(area, \(tolerance))))"
    let ofTier: SQL = tier.map { "tier = \(Int16($0.rawValue))" } ?? "true"
    let ofParent: SQL = parent.isEmpty ? "true" : "parent_code = \(parent)"
    return try Self.readDivisions(
      try await database.query(
        """
        SELECT tier, code, name, parent_code, \(fragment: area) FROM divisions
        WHERE \(fragment: ofTier) AND \(fragment: ofParent) ORDER BY tier, ordinal
        """))
  }

  /// Without areas, the larger first.
  func divisions(named names: [(tier: DivisionTier, code: String)]) async throws -> [StoredDivision] {
    let (tiers, codes) = (names.map { Int16($0.tier.rawValue) }, names.map(\.code))
    return try Self.readDivisions(
      try await database.query(
        """
        SELECT tier, code, name, parent_code, NULL::bytea FROM divisions JOIN unnest(\(tiers), \(codes)) AS named (tier, code)
        USING (tier, code) ORDER BY tier
        """))
  }

  private static func readDivisions(_ rows: Rows) throws -> [StoredDivision] {
    try rows.decode(Int16.self, String.self, String.self, String.self, [UInt8]?.self).compactMap { tier, code, name, parent, area in
      DivisionTier(rawValue: Int32(tier)).map { StoredDivision(tier: $0, code: code, name: name, parent: parent, area: area) }
    }
  }

  static func put(_ divisions: [StoredDivision], recordedAt: Instant) -> SQL {
    """
    INSERT INTO divisions (tier, code, name, parent_code, area, recorded_at)
    SELECT tier, code, name, parent_code, public.ST_Multi(public.ST_GeomFromWKB(nullif(area, ''), 4326)), \(recordedAt)
    FROM unnest(
      \(divisions.map { Int16($0.tier.rawValue) }), \(divisions.map(\.code)), \(divisions.map(\.name)), \(divisions.map(\.parent)),
      \(divisions.map { $0.area ?? [] })
    ) WITH ORDINALITY AS division (tier, code, name, parent_code, area, n)
    ORDER BY n
    ON CONFLICT (tier, code) DO UPDATE
    SET name = excluded.name, parent_code = excluded.parent_code, area = excluded.area, recorded_at = excluded.recorded_at
    """
  }

  // MARK: Code tables

  func codeTables() async throws -> [CodeTable] {
    let rows = try await database.atomically([
      "SELECT name, version, valid_from FROM code_tables", Self.codes(where: "true"),
    ])
    let codes = try Dictionary(grouping: rows[1].map(StoredCode.init)) { VersionKey(name: $0.table, version: $0.version) }
    return try rows[0].decode(String.self, String.self, Instant.self).map { name, version, validFrom in
      CodeTable(
        name: name, version: version, validFrom: validFrom, codes: (codes[VersionKey(name: name, version: version)] ?? []).map(\.code))
    }
  }

  private struct VersionKey: Hashable {
    let name: String
    let version: String
  }

  /// The stored version, to compare it with what is put under its name.
  static func codeTable(_ name: String, version: String) -> [SQL] {
    [
      "SELECT valid_from FROM code_tables WHERE name = \(name) AND version = \(version)",
      codes(where: "table_name = \(name) AND version = \(version)"),
    ]
  }

  static func codeTable(_ name: String, version: String, _ rows: [Rows]) throws -> CodeTable? {
    guard let validFrom = try rows[0].first?[0, Instant.self] else { return nil }
    return CodeTable(name: name, version: version, validFrom: validFrom, codes: try rows[1].map { try StoredCode($0).code })
  }

  private static func codes(where condition: SQL) -> SQL {
    """
    SELECT table_name, version, code, name, name_en, parent, duplicate_disabled, duplicate_radius_m, duplicate_window_s, staff_only
    FROM codes
    WHERE \(fragment: condition) ORDER BY table_name, version, ordinal
    """
  }

  static func put(_ table: CodeTable, recordedAt: Instant) -> [SQL] {
    let codes = table.codes
    let rules = codes.map(\.duplicateRule)
    return [
      """
      INSERT INTO code_tables (name, version, valid_from, recorded_at)
      VALUES (\(table.name), \(table.version), \(table.validFrom), \(recordedAt))
      """,
      """
      INSERT INTO codes (
        table_name, version, code, name, name_en, parent, duplicate_disabled, duplicate_radius_m, duplicate_window_s, staff_only, ordinal)
      SELECT \(table.name), \(table.version), code.*
      FROM unnest(
        \(codes.map(\.code)), \(codes.map(\.name)), \(codes.map(\.nameInEnglish)), \(codes.map(\.parent)),
        \(rules.map(\.disabled)), \(rules.map(\.radiusM)), \(rules.map { $0.window.components.seconds }),
        \(codes.map(\.staffOnly))
      ) WITH ORDINALITY AS code
      """,
    ]
  }

  // MARK: Filing standards

  func standards() async throws -> [(standard: FilingStandard, validFrom: Instant)] {
    try Self.standards(try await database.query(Self.standards(where: "true")))
  }

  /// All versions of a kind's standards, or of all kinds'.
  func standards(ofKind kind: String) async throws -> [(standard: FilingStandard, validFrom: Instant)] {
    try Self.standards(try await database.query(Self.standards(where: kind.isEmpty ? "true" : "kind = \(kind)")))
  }

  static func standards(withIDs ids: [String]) -> SQL { standards(where: "id = ANY(\(ids))") }

  private static func standards(where condition: SQL) -> SQL {
    """
    SELECT id, version, kind, condition, time_limit, unit, closing_condition, urgent, check_required, valid_from FROM filing_standards
    WHERE \(fragment: condition) ORDER BY kind, id, valid_from, version
    """
  }

  static func standards(_ rows: Rows) throws -> [(standard: FilingStandard, validFrom: Instant)] {
    try rows.map { row in
      let unit = try row[5, Int16?.self].flatMap { LimitUnit(rawValue: Int32($0)) }
      let standard = FilingStandard(
        id: try row[0, String.self], version: try row[1, String.self], kind: try row[2, String.self], condition: try row[3, String.self],
        limit: try row[4, Int32.self], unit: unit, closingCondition: try row[6, String.self], urgent: try row[7, Bool.self],
        checkRequired: try row[8, Bool.self])
      return (standard, try row[9, Instant.self])
    }
  }

  static func put(_ standards: [FilingStandard], validFrom: Instant, recordedAt: Instant) -> SQL {
    """
    INSERT INTO filing_standards (
      id, version, kind, condition, time_limit, unit, closing_condition, urgent, check_required, valid_from, recorded_at)
    SELECT standard.*, \(validFrom), \(recordedAt)
    FROM unnest(
      \(standards.map(\.id)), \(standards.map(\.version)), \(standards.map(\.kind)), \(standards.map(\.condition)),
      \(standards.map(\.limit)), \(standards.map { $0.unit.map { Int16($0.rawValue) } }), \(standards.map(\.closingCondition)),
      \(standards.map(\.urgent)), \(standards.map(\.checkRequired))
    ) AS standard
    """
  }
}

/// A row of the table of codes.
private struct StoredCode {
  let table: String
  let version: String
  let code: CodeTable.Code

  init(_ row: Row) throws {
    table = try row[0, String.self]
    version = try row[1, String.self]
    let rule = DuplicateRule(
      disabled: try row[6, Bool.self], radiusM: try row[7, Double.self], window: .seconds(try row[8, Int64.self]))
    code = CodeTable.Code(
      code: try row[2, String.self], name: try row[3, String.self], nameInEnglish: try row[4, String.self],
      parent: try row[5, String.self], duplicateRule: rule, staffOnly: try row[9, Bool.self])
  }
}
