internal import ChengyunDomain
internal import CityModel
internal import CommonAPI
internal import Cryptography
internal import DispatchAPI
internal import IntakeAPI
internal import RPC

/// Tells a node what it must know before the first report of an extract. What earlier replays taught it stays.
struct ReplaySetUp: Sendable {
  let clients: NodeClients
  let patience: Patience

  static let kindTable = "kind"

  func run(_ input: ReplayInput, from begin: Instant, to end: Instant) async throws {
    try await putDivisions(input.divisions, stated: input.setUp.statedDivisions)
    try await putKinds(input.setUp.kinds, from: begin, to: end)
    try await putStandards(input.setUp.standards, from: begin)
    try await putDepartments(input.setUp.departments)
    try await putResponsibilities(input.setUp.responsibilities, source: input.mapping.source)
  }

  /// With their polygons where there are files; those that the data only name become known by their codes.
  private func putDivisions(_ shapes: [DivisionShape], stated: [CitySetUp.StatedDivision]) async throws {
    let known = try await patience.repeating("read the divisions") {
      try await clients.intake.listDivisions(ListDivisionsRequest()).divisions
    }
    var names = Set(known.map { "\($0.tier.rawValue) \($0.code)" })
    names.formUnion(shapes.map { "\($0.tier.rawValue) \($0.code)" })
    let byCode = stated.filter { !names.contains("\($0.tier.rawValue) \($0.code)") }
    let divisions =
      shapes.map { Division(tier: Tier(rawValue: $0.tier.rawValue), code: $0.code, name: $0.name, geometryWkb: $0.wkb) }
      + byCode.map { Division(tier: Tier(rawValue: $0.tier.rawValue), code: $0.code, name: $0.code) }
    guard !divisions.isEmpty else { return }
    _ = try await patience.repeating("store the divisions") {
      try await clients.intake.putDivisions(CallOptions(timeout: .seconds(120))) { stream in
        for division in divisions { try await stream.send(division) }
      }
    }
  }

  /// A code table's version is complete in itself and never changes. So from the data's end back to its beginning, each version that is
  /// valid in between and lacks a kind gets a successor that has it too, valid from the same instant.
  func putKinds(_ kinds: [CitySetUp.Kind], from begin: Instant, to end: Instant) async throws {
    var instant = end
    while true {
      let known = try await table(at: instant)
      let isFirst = known.map { $0.validFromUs <= begin.microseconds } ?? true
      try await add(kinds, to: known, validFrom: isFirst ? begin : Instant(microseconds: known!.validFromUs))
      if isFirst { return }
      instant = Instant(microseconds: known!.validFromUs - 1)
    }
  }

  private func add(_ kinds: [CitySetUp.Kind], to known: CodeTable?, validFrom: Instant) async throws {
    let names = Set((known?.codes ?? []).map(\.code))
    let added = kinds.filter { !names.contains($0.code) }
    guard !added.isEmpty else { return }
    let codes =
      (known?.codes ?? [])
      + added.map {
        Code(code: $0.code, name: $0.nameZh, nameEn: $0.nameEn, staffOnly: $0.staffOnly)
      }
    let mark = fingerprint([String(validFrom.microseconds)] + codes.map(\.code))
    // Of two versions valid from the same instant the later in the alphabet wins.
    let version = String((known?.version ?? "").prefix(150)) + "+" + mark
    _ = try await patience.repeating("store the kinds") {
      try await clients.intake.putCodeTable(
        CodeTable(table: Self.kindTable, version: version, validFromUs: validFrom.microseconds, codes: codes))
    }
  }

  /// Nil while no version is valid.
  private func table(at instant: Instant) async throws -> CodeTable? {
    do {
      return try await patience.repeating("read the kinds") {
        try await clients.intake.getCodeTable(GetCodeTableRequest(table: Self.kindTable, atUs: instant.microseconds))
      }
    } catch let error as RPCError where error.code == .notFound || error.code == .failedPrecondition {
      return nil
    }
  }

  /// A standard's version never changes either: its name follows from its content and validity.
  func putStandards(_ standards: [StandardRule], from begin: Instant) async throws {
    let list = standards.map { rule in
      let mark = fingerprint([
        String(begin.microseconds), "\(rule.limit) \(rule.unit) \(rule.urgent) \(rule.checkRequired)", rule.condition,
        rule.closingCondition,
      ])
      return FilingStandard(
        id: "replay:" + rule.kind, version: mark, kind: rule.kind, condition: rule.condition, limit: rule.limit,
        unit: LimitUnit(rawValue: rule.unit.rawValue), closingCondition: rule.closingCondition, urgent: rule.urgent,
        checkRequired: rule.checkRequired)
    }
    _ = try await patience.repeating("store the filing standards") {
      try await clients.intake.putFilingStandards(PutFilingStandardsRequest(standards: list, validFromUs: begin.microseconds))
    }
  }

  private func fingerprint(_ parts: [String]) -> String {
    Hash.sha256(Array(parts.joined(separator: "\n").utf8)).prefix(6).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private func putDepartments(_ departments: [CitySetUp.Department]) async throws {
    guard !departments.isEmpty else { return }
    let list = departments.map { department in
      Department(
        code: department.code, name: department.nameZh, nameEn: department.nameEn,
        crews: department.crews.map { Crew(code: $0, name: $0) })
    }
    _ = try await patience.repeating("store the departments") {
      try await clients.dispatch.putDepartments(PutDepartmentsRequest(departments: list))
    }
  }

  /// The matrix is replaced as a whole: lines of other kinds and areas are put back.
  private func putResponsibilities(_ rules: [ResponsibilityRule], source: String) async throws {
    guard !rules.isEmpty else { return }
    let new = rules.map { Responsibility(kind: $0.kind, areaCode: $0.area, department: $0.department, crew: $0.crew) }
    let places = Set(new.map { [$0.kind, $0.areaCode] })
    let old = try await patience.repeating("read the responsibilities") {
      try await clients.dispatch.listResponsibilities(ListResponsibilitiesRequest())
    }
    let all = old.responsibilities.filter { !places.contains([$0.kind, $0.areaCode]) } + new
    guard Set(all) != Set(old.responsibilities) else { return }
    let version = source + "-" + fingerprint(all.map { [$0.kind, $0.areaCode, $0.department, $0.crew].joined(separator: "\t") }.sorted())
    _ = try await patience.repeating("store the responsibilities") {
      try await clients.dispatch.putResponsibilities(PutResponsibilitiesRequest(version: version, responsibilities: all))
    }
  }
}
