internal import ChengyunDomain
internal import CityModel
internal import DispatchAPI
internal import EvaluationAPI
internal import IntakeAPI

extension CalendarFile {
  var wire: DispatchAPI.WorkCalendar {
    DispatchAPI.WorkCalendar(
      version: version, workMinutes: workMinutes, holidays: holidays.map(\.yyyymmdd), workedWeekends: workedWeekends.map(\.yyyymmdd))
  }
}

extension StandardsFile {
  func wire(in zone: CityTimeZone) -> PutFilingStandardsRequest {
    PutFilingStandardsRequest(
      standards: standards.map { item in
        IntakeAPI.FilingStandard(
          id: item.id, version: item.version, kind: item.rule.kind, condition: item.rule.condition, limit: item.rule.limit,
          unit: IntakeAPI.LimitUnit(rawValue: item.rule.unit.rawValue), closingCondition: item.rule.closingCondition,
          urgent: item.rule.urgent, checkRequired: item.rule.checkRequired)
      }, validFromUs: zone.instant(of: validFrom).microseconds)
  }
}

extension CodesFile {
  func wire(in zone: CityTimeZone) -> CodeTable {
    CodeTable(
      table: table, version: version, validFromUs: zone.instant(of: validFrom).microseconds,
      codes: codes.map { code in
        IntakeAPI.Code(
          code: code.code, name: code.name, nameEn: code.nameEn, parent: code.parent,
          duplicateRule: code.duplicates.map {
            DuplicateRule(disabled: !$0.enabled, radiusM: $0.radiusMetres, windowS: $0.windowHours * 3_600)
          }, staffOnly: code.staffOnly)
      })
  }
}

extension MatrixFile {
  var departmentsWire: PutDepartmentsRequest {
    PutDepartmentsRequest(
      departments: departments.map { item in
        DispatchAPI.Department(
          code: item.code, name: item.name, nameEn: item.nameEn, crews: item.crews.map { DispatchAPI.Crew(code: $0.code, name: $0.name) })
      })
  }

  var wire: PutResponsibilitiesRequest {
    PutResponsibilitiesRequest(
      version: version,
      responsibilities: rules.map { Responsibility(kind: $0.kind, areaCode: $0.area, department: $0.department, crew: $0.crew) })
  }
}

extension FormulaFile {
  func wire(in zone: CityTimeZone) -> [EvaluationAPI.Formula] {
    formulas.map { item in
      EvaluationAPI.Formula(
        indicator: item.indicator, version: item.version, name: item.name, nameEn: item.nameEn, form: item.form, numerator: item.numerator,
        denominator: item.denominator, measure: item.measure, validFromUs: zone.instant(of: item.validFrom).microseconds,
        limitS: item.limitSeconds)
    }
  }
}
