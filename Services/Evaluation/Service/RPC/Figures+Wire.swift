internal import CityModel
internal import CommonAPI
internal import EvaluationAPI
internal import EvaluationDomain
internal import NodeKit

extension EvaluationDomain.Dimension {
  init(_ wire: EvaluationAPI.Dimension) throws(EvaluationRefusal) {
    switch wire {
    case .unspecified: self = .everything
    case .district: self = .district
    case .street: self = .street
    case .community: self = .community
    case .department: self = .department
    case .crew: self = .crew
    case .kind: self = .kind
    case .channel: self = .channel
    case .unrecognized(let number): throw .unknownGroup("dimension \(number)")
    }
  }
}

extension EvaluationDomain.Period {
  init(_ wire: EvaluationAPI.Period) throws(EvaluationRefusal) {
    switch wire {
    case .unspecified: self = .none
    case .day: self = .day
    case .week: self = .week
    case .month: self = .month
    case .unrecognized(let number): throw .unknownGroup("period \(number)")
    }
  }
}

extension CountedRange {
  init(_ wire: EvaluationAPI.Range?) throws(EvaluationRefusal) {
    let from = wire.flatMap { Instant(given: $0.fromUs) }
    let before = wire.flatMap { Instant(given: $0.beforeUs) }
    if let from, let before, before < from { throw .badRange }
    self.init(from: from, before: before)
  }
}

extension DrillDown.Question {
  /// Characters of a group: a code's.
  private static let groupLimit = 200

  init(_ wire: DrillDownRequest) throws(EvaluationRefusal) {
    guard wire.group.unicodeScalars.count <= Self.groupLimit, wire.group.utf8.allSatisfy({ $0 >= 0x20 }) else {
      throw .unknownGroup(String(wire.group.unicodeScalars.prefix(20).filter { $0.value >= 0x20 }.map(Character.init)))
    }
    self.init(
      indicator: wire.indicator, part: wire.part == .denominator ? .denominator : .numerator, dimension: try Dimension(wire.by),
      group: wire.group, period: try Period(wire.period), periodStart: wire.periodStart, range: try CountedRange(wire.range),
      pageSize: Int(wire.page?.size ?? 0), token: wire.page?.token ?? "")
  }
}

extension IndicatorRow {
  init(_ row: CountedRow) {
    self.init(
      group: row.group, periodStart: row.periodStart,
      figures: row.figures.map {
        EvaluationAPI.Figure(
          indicator: $0.indicator, version: $0.version, value: $0.value, numerator: $0.numerator, denominator: $0.denominator)
      })
  }
}

extension CaseRef {
  init(_ item: CountedCase) {
    self.init(
      caseId: item.caseID?.bytes ?? [], number: item.number, externalRef: item.externalRef, kind: item.kind, department: item.department,
      districtCode: item.district, streetCode: item.street, filedAtUs: item.countedAt.microseconds, dueAtUs: item.dueAt?.microseconds,
      endedAtUs: item.endedAt?.microseconds ?? 0, outcome: item.outcome)
  }
}

extension EvaluationAPI.Formula {
  init(_ formula: EvaluationDomain.Formula) {
    let parts = formula.parts
    self.init(
      indicator: formula.indicator, version: formula.version, name: formula.name, nameEn: formula.nameEnglish, form: parts.form,
      numerator: formula.numerator.text, denominator: parts.denominator, measure: parts.measure,
      validFromUs: formula.validFrom.microseconds, limitS: formula.limitSeconds)
  }
}

extension EvaluationDomain.Formula {
  init(_ wire: EvaluationAPI.Formula) throws(EvaluationRefusal) {
    try self.init(
      indicator: wire.indicator, version: wire.version, name: wire.name, nameEnglish: wire.nameEn, form: wire.form,
      numerator: wire.numerator, denominator: wire.denominator, measure: wire.measure,
      limitSeconds: wire.limitS, validFrom: Instant(microseconds: wire.validFromUs))
  }
}
