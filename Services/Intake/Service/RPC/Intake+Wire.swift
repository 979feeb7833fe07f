internal import CityModel
internal import CommonAPI
internal import Events
internal import IntakeAPI
internal import IntakeDomain
internal import NodeKit
internal import RPC

// The contract's messages as domain values, and back.

extension Caller {
  /// An operator's replay, and lifeline, whose alarms happen in the data's time. In plain text nobody is known and everybody is trusted:
  /// such a
  /// node is for trials.
  init(_ call: CallContext) {
    self.init(
      mayNameTime: call.peer.identity.map { [ServiceName.operator, ServiceName.lifeline].contains($0.service) } ?? true,
      isVisitor: call.isVisitor)
  }
}

extension Submission {
  init(_ wire: SubmitReportRequest) {
    self.init()
    idempotencyKey = wire.idempotencyKey
    channel = wire.channel.rawValue
    kind = wire.kind
    text = wire.text
    place = CityModel.Place(wire.place)
    reporterName = wire.reporter?.name ?? ""
    reporterPhone = wire.reporter?.phone ?? ""
    evidence = wire.evidence.map { IntakeDomain.Evidence(kind: $0.kind, content: $0.content) }
    occurredAt = Instant(given: wire.occurredAtUs)
    externalRef = wire.externalRef
    ownerDepartment = wire.ownerDepartment
    ownerCrew = wire.ownerCrew
    dueAt = wire.dueAtUs.map { Instant(microseconds: $0) }
    keepSeparate = wire.keepSeparate
    urgent = wire.urgent
  }
}

extension Report {
  /// - Parameter position: Of the facts of the command that this answers.
  init(_ shown: Reports.Shown, position: EventPosition? = nil) {
    let report = shown.report
    let reporter = shown.maskedName.isEmpty && shown.maskedPhone.isEmpty ? nil : Reporter(name: shown.maskedName, phone: shown.maskedPhone)
    self.init(
      id: report.id.bytes, state: report.state.wire, channel: report.channel.wire, kind: report.kind, text: report.text,
      place: report.place.wire, caseId: report.caseID?.bytes ?? [], caseNumber: report.caseNumber, externalRef: report.externalRef,
      reason: report.reason.chinese, occurredAtUs: report.occurredAt.microseconds, recordedAtUs: report.recordedAt.microseconds,
      duplicateOf: report.duplicateOf?.bytes ?? [], unplaced: report.unplaced != nil, duplicateReason: report.duplicateReason.chinese,
      reporter: reporter, evidence: report.evidence.map { IntakeAPI.Evidence(kind: $0.kind, content: $0.content) },
      unplacedReason: report.unplaced?.words.chinese ?? "", reasonEn: report.reason.english,
      duplicateReasonEn: report.duplicateReason.english, unplacedReasonEn: report.unplaced?.words.english ?? "",
      ownerDepartment: report.ownerDepartment, ownerCrew: report.ownerCrew, urgent: report.urgent, kindVersion: report.kindVersion,
      hasReporter: reporter != nil, position: position?.wire)
  }
}

extension ReportFilter {
  /// Reports of one page: 1 to 1,000, 100 when not given.
  private static let defaultPage = 100
  private static let longestPage = 1_000

  init(_ wire: ListReportsRequest) throws(Refusal) {
    self.init()
    if !wire.caseId.isEmpty {
      guard let caseID = Identifier(bytes: wire.caseId) else { throw .missing(.reportID) }
      self.caseID = caseID
    }
    onlyUnplaced = wire.onlyUnplaced
    try Submission.check(wire.externalRef, .externalRef, SubmissionLimits.reference)
    externalRef = wire.externalRef
    states = wire.states.compactMap { Int16(exactly: $0.rawValue).flatMap(IntakeDomain.ReportState.init(rawValue:)) }
    guard states.count == wire.states.count else { throw .badPage }
    let size = Int(wire.page?.size ?? 0)
    guard (0...Self.longestPage).contains(size) else { throw .badPage }
    limit = size == 0 ? Self.defaultPage : size
    if let token = wire.page?.token, !token.isEmpty {
      guard let after = Identifier(token) else { throw .badPage }
      self.after = after
    }
  }
}

extension StoredDivision {
  init(_ wire: Division) throws(Refusal) {
    guard let tier = DivisionTier(rawValue: wire.tier.rawValue) else { throw .invalidDivision(code: wire.code, problem: "it has no tier") }
    self.init(
      tier: tier, code: wire.code, name: wire.name, parent: wire.parentCode, area: wire.geometryWkb.isEmpty ? nil : wire.geometryWkb)
  }
}

extension Division {
  init(_ stored: StoredDivision) {
    self.init(
      tier: Tier(rawValue: stored.tier.rawValue), code: stored.code, name: stored.name, parentCode: stored.parent,
      geometryWkb: stored.area ?? [])
  }
}

extension IntakeDomain.CodeTable {
  init(_ wire: IntakeAPI.CodeTable) {
    self.init(
      name: wire.table, version: wire.version, validFrom: Instant(microseconds: wire.validFromUs),
      codes: wire.codes.map { code in
        Code(
          code: code.code, name: code.name, nameInEnglish: code.nameEn, parent: code.parent,
          duplicateRule: IntakeDomain.DuplicateRule(code.duplicateRule), staffOnly: code.staffOnly)
      })
  }
}

extension IntakeAPI.CodeTable {
  init(_ table: IntakeDomain.CodeTable) {
    self.init(
      table: table.name, version: table.version, validFromUs: table.validFrom.microseconds,
      codes: table.codes.map { code in
        Code(
          code: code.code, name: code.name, nameEn: code.nameInEnglish, parent: code.parent,
          duplicateRule: IntakeAPI.DuplicateRule(
            disabled: code.duplicateRule.disabled, radiusM: code.duplicateRule.radiusM,
            windowS: code.duplicateRule.window.components.seconds), staffOnly: code.staffOnly)
      })
  }
}

extension IntakeDomain.DuplicateRule {
  /// Zero means the city's default.
  init(_ wire: IntakeAPI.DuplicateRule?) {
    guard let wire else {
      self = .standard
      return
    }
    self.init(
      disabled: wire.disabled, radiusM: wire.radiusM == 0 ? Self.standard.radiusM : wire.radiusM,
      window: wire.windowS == 0 ? Self.standard.window : .seconds(wire.windowS))
  }
}

extension IntakeDomain.FilingStandard {
  init(_ wire: IntakeAPI.FilingStandard) throws(Refusal) {
    guard wire.unit == .none || CityModel.LimitUnit(rawValue: wire.unit.rawValue) != nil else {
      throw .invalidStandard(id: wire.id, problem: "it has no known unit")
    }
    self.init(
      id: wire.id, version: wire.version, kind: wire.kind, condition: wire.condition, limit: wire.limit,
      unit: CityModel.LimitUnit(rawValue: wire.unit.rawValue), closingCondition: wire.closingCondition, urgent: wire.urgent,
      checkRequired: wire.checkRequired)
  }
}
