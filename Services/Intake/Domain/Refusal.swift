public import CityModel

/// Why intake refused a command. Closed and stable: clients may act on `code`, people read `words`.
public enum Refusal: Error, Sendable, Hashable {
  case missing(Field)
  case tooLong(Field, limit: Int)
  case containsNul(Field)
  case unknownChannel(Int32)
  case tooMuchEvidence(Int)
  case mayNotNameTime
  case mayNotDecide
  case otherDistrict(String)
  case otherDepartment
  case timeOutOfRange(Field)
  case noCodeTable(table: String, at: Instant)
  case unknownKind(String, version: String)
  case kindNotPublic(Words)
  case keyReused(String)
  case unknownReport
  case notInState(ReportState, ReportAction)
  case reasonRequired(ReportAction)
  case stillNotFiled(kind: String)
  case stillUnplaced
  case unknownDivision(tier: DivisionTier, code: String)
  case invalidDivision(code: String, problem: String)
  case invalidCodeTable(problem: String)
  case invalidStandard(id: String, problem: String)
  case versionExists(String, version: String)
  case badPage
  case streamTooLong(limit: Int)

  /// What the refusal is about, for a client's control flow.
  public enum Category: Sendable, Hashable {
    case invalid, denied, exists, notFound, notNow
  }

  public var category: Category {
    switch self {
    case .mayNotNameTime, .mayNotDecide, .otherDistrict, .otherDepartment, .kindNotPublic: .denied
    case .keyReused, .versionExists: .exists
    case .unknownReport: .notFound
    case .notInState, .stillNotFiled, .stillUnplaced, .noCodeTable: .notNow
    default: .invalid
    }
  }

  public var code: String {
    switch self {
    case .missing: "report.missing"
    case .tooLong: "report.too_long"
    case .containsNul: "report.contains_nul"
    case .unknownChannel: "report.unknown_channel"
    case .tooMuchEvidence: "report.too_much_evidence"
    case .mayNotNameTime: "report.may_not_name_time"
    case .mayNotDecide: "report.may_not_decide"
    case .otherDistrict: "report.other_district"
    case .otherDepartment: "report.other_department"
    case .timeOutOfRange: "report.time_out_of_range"
    case .noCodeTable: "codes.no_table"
    case .unknownKind: "codes.unknown_kind"
    case .kindNotPublic: "codes.kind_not_public"
    case .keyReused: "command.key_reused"
    case .unknownReport: "report.unknown"
    case .notInState: "report.not_in_state"
    case .reasonRequired: "report.reason_required"
    case .stillNotFiled: "report.still_not_filed"
    case .stillUnplaced: "report.still_unplaced"
    case .unknownDivision: "divisions.unknown"
    case .invalidDivision: "divisions.invalid"
    case .invalidCodeTable: "codes.invalid"
    case .invalidStandard: "standards.invalid"
    case .versionExists: "version.exists"
    case .badPage: "page.invalid"
    case .streamTooLong: "stream.too_long"
    }
  }
}

/// A field of the contract, as a clerk calls it.
public enum Field: String, Sendable, Hashable, CaseIterable {
  case idempotencyKey, channel, kind, text, address, divisionCode, reporterName, reporterPhone, evidence, occurredAt, externalRef, owner
  case dueAt, reportID, reason, actor

  public var words: Words {
    switch self {
    case .idempotencyKey: Words("幂等键", "idempotency key")
    case .channel: Words("信息来源", "channel")
    case .kind: Words("类别代码", "kind")
    case .text: Words("问题描述", "text")
    case .address: Words("地址", "address")
    case .divisionCode: Words("区划代码", "division code")
    case .reporterName: Words("上报人姓名", "reporter's name")
    case .reporterPhone: Words("上报人电话", "reporter's telephone number")
    case .evidence: Words("附件", "evidence")
    case .occurredAt: Words("上报时间", "time of the report")
    case .externalRef: Words("外部编号", "external reference")
    case .owner: Words("责任单位", "department or crew")
    case .dueAt: Words("截止时间", "due time")
    case .reportID: Words("上报编号", "report id")
    case .reason: Words("原因", "reason")
    case .actor: Words("操作人", "actor")
    }
  }
}
