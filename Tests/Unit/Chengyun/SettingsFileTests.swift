import CityModel
import Testing

@testable import ChengyunDomain

@Suite("Files of settings")
struct SettingsFileTests {
  /// Every fault, as `line: field`.
  private func faults(_ body: () throws(MappingError) -> Void) -> [String] {
    do throws(MappingError) {
      try body()
      return []
    } catch {
      return error.faults.map { "\($0.line): \($0.field)" }
    }
  }

  @Test func aCalendarIsRead() throws {
    let text = """
      {"version": "2024", "work_hours": [["08:00", "12:00"], ["14:00", "24:00"]],
       "holidays": ["2024-02-10"], "worked_weekends": ["2024-02-04"], "comment": "国办发明电〔2023〕7号"}
      """
    let calendar = try CalendarFile(json: Array(text.utf8))
    #expect(calendar.workMinutes == [480, 720, 840, 1_440])
    #expect(calendar.holidays.map(\.yyyymmdd) == [20_240_210] && calendar.workedWeekends.map(\.yyyymmdd) == [20_240_204])
  }

  @Test func mistakesInACalendarAreNamedByLine() {
    let text = """
      {"versoin": "2024",
       "work_hours": [["08:00", "12:00"],
                      ["11:00", "18:00"],
                      ["19:00", "18:00"], ["8:00", "9:00"], ["24:01", "24:02"]],
       "holidays": ["2024-02-30",
                    "2024-02-04"],
       "worked_weekends": ["2024-02-04", "2024-02-05"]}
      """
    #expect(
      faults { () throws(MappingError) in _ = try CalendarFile(json: Array(text.utf8)) } == [
        "1: versoin", "1: version", "2: work_hours[1]", "4: work_hours[2]", "4: work_hours[3]", "4: work_hours[4]", "5: holidays[0]",
        "7: worked_weekends", "7: worked_weekends",
      ])
    #expect(faults { () throws(MappingError) in _ = try CalendarFile(json: Array("{".utf8)) } == ["1: "])
    #expect(faults { () throws(MappingError) in _ = try CalendarFile(json: Array("[]".utf8)) } == ["1: "])
  }

  @Test func standardsAreRead() throws {
    let text = """
      {"valid_from": "2024-01-01", "standards": [
        {"id": "0101", "version": "1", "kind": "manhole", "limit": 6, "unit": "urgent_hours", "check_required": true},
        {"id": "0199", "version": "1", "kind": "other"}]}
      """
    let file = try StandardsFile(json: Array(text.utf8))
    #expect(file.standards.map(\.rule.unit) == [.urgentHours, .none] && file.standards[0].rule.checkRequired)
    let wrong = """
      {"valid_from": "soon", "standards": [
        {"id": "0101", "kind": "manhole", "limit": 6},
        {"id": "", "version": "1", "kind": "x", "limt": 1}]}
      """
    #expect(
      faults { () throws(MappingError) in _ = try StandardsFile(json: Array(wrong.utf8)) } == [
        "1: valid_from", "2: standards[0].version", "3: standards[1].limt", "3: standards[1].id",
      ])
    #expect(
      faults { () throws(MappingError) in _ = try StandardsFile(json: Array(#"{"valid_from": "2024-01-01", "standards": []}"#.utf8)) }
        == ["1: standards"])
  }

  @Test func codesAreRead() throws {
    let text = """
      {"table": "kind", "version": "2", "valid_from": "2024-01-01", "codes": [
        {"code": "01", "name": "公用设施"},
        {"code": "0101", "name": "上水井盖", "name_en": "Manhole", "parent": "01", "duplicates": {"radius_m": 30, "window_hours": 48}},
        {"code": "0102", "name": "x", "duplicates": {"enabled": false}, "staff_only": true}]}
      """
    let file = try CodesFile(json: Array(text.utf8))
    #expect(file.codes[1].duplicates == .init(enabled: true, radiusMetres: 30, windowHours: 48))
    #expect(file.codes[2].duplicates?.enabled == false)
    #expect(file.codes.map(\.staffOnly) == [false, false, true])
    let wrong = """
      {"table": "kind", "version": "2", "valid_from": "2024-01-01", "codes": [
        {"code": "01", "name": "a", "parent": "09"},
        {"code": "01", "name": "b", "duplicates": {"radius_m": 501, "window_hours": 0.5}}]}
      """
    #expect(
      faults { () throws(MappingError) in _ = try CodesFile(json: Array(wrong.utf8)) } == [
        "1: codes", "3: codes[1].duplicates.radius_m", "3: codes[1].duplicates.window_hours", "3: codes[1].code",
      ])
  }

  @Test func aMatrixIsRead() throws {
    let text = """
      {"version": "1", "departments": [{"code": "A", "name": "环卫局", "crews": [{"code": "A1", "name": "一队"}]}],
       "responsibilities": [{"kind": "litter", "department": "A", "crew": "A1"}, {"department": "A"}]}
      """
    let file = try MatrixFile(json: Array(text.utf8))
    #expect(file.rules.map(\.kind) == ["litter", ""] && file.departments[0].crews == [.init(code: "A1", name: "一队")])
    let wrong = #"{"version": "1", "responsibilities": [{"kind": "x"},"# + "\n" + #"{"department": "A"}, {"department": "B"}]}"#
    #expect(
      faults { () throws(MappingError) in _ = try MatrixFile(json: Array(wrong.utf8)) } == [
        "1: responsibilities[0].department", "2: responsibilities[2]",
      ])
  }

  @Test func formulasAreRead() throws {
    let text = """
      {"formulas": [{"indicator": "late", "version": "1", "name": "超期率", "form": "rate", "numerator": "closed and not on_time",
        "denominator": "closed", "valid_from": "2024-01-01"}]}
      """
    #expect(try FormulaFile(json: Array(text.utf8)).formulas[0].denominator == "closed")
    let limited = """
      {"formulas": [{"indicator": "quick", "version": "1", "name": "n", "form": "rate", "numerator": "dispatched_in_limit",
        "denominator": "filed", "limit_s": 900, "valid_from": "2024-01-01"}]}
      """
    #expect(try FormulaFile(json: Array(limited.utf8)).formulas[0].limitSeconds == 900)
    let fraction = Array(limited.split(separator: "900").joined(separator: "1.5").utf8)
    #expect(faults { () throws(MappingError) in _ = try FormulaFile(json: fraction) } == ["2: formulas[0].limit_s"])
    let wrong = """
      {"formulas": [{"indicator": "late", "version": "1", "name": "n", "form": "rate", "numerator": "closed", "valid_from": "2024-01-01"},
        {"indicator": "late", "version": "1", "name": "n", "form": "sum", "numerator": "closed", "valid_from": "2024-01-01"}]}
      """
    #expect(
      faults { () throws(MappingError) in _ = try FormulaFile(json: Array(wrong.utf8)) } == [
        "1: formulas[0].denominator", "2: formulas[1].form",
      ])
  }
}
