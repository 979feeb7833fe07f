import CommonAPI
import DispatchAPI
import IntakeAPI
import RPC

/// A city of 20 kinds of report on 30 by 30 km: a few reports repeat each other, as in a real one.
enum City {
  static let kinds = 20
  static let department = "bench"

  /// The same every time: putting it again does nothing.
  static func register(intake: IntakeClient, dispatch: DispatchClient) async throws {
    let codes = (0..<kinds).map { Code(code: "bench-\($0)", name: "类\($0)", nameEn: "kind \($0)") }
    _ = try await intake.putCodeTable(CodeTable(table: "kind", version: "bench", validFromUs: 0, codes: codes))
    let standards = codes.map { FilingStandard(id: "\($0.code)-standard", version: "bench", kind: $0.code, limit: 1, unit: .workingDay) }
    _ = try await intake.putFilingStandards(PutFilingStandardsRequest(standards: standards))
    _ = try await dispatch.putDepartments(
      PutDepartmentsRequest(departments: [Department(code: department, name: "城管中队", nameEn: "Crew of the benchmark")]))
    _ = try await dispatch.putResponsibilities(
      PutResponsibilitiesRequest(version: "bench", responsibilities: [Responsibility(department: department)]))
  }

  /// Key and place follow from the number.
  static func report(_ number: Int) -> SubmitReportRequest {
    // Two steps of irrational length fill the square evenly.
    let (x, y) = (Double(number) * 0.618_033_988_749_894_9, Double(number) * 0.754_877_666_246_692_8)
    let point = Point(longitude: 116.2 + 0.3 * (x - x.rounded(.down)), latitude: 39.8 + 0.3 * (y - y.rounded(.down)))
    return SubmitReportRequest(
      idempotencyKey: "bench-\(number)", channel: .hotline, kind: "bench-\(number % kinds)",
      text: "路口有暴露垃圾，已经三天没有清理，请尽快处理。", place: Place(point: point, address: "和平路\(number % 900)号"),
      reporter: Reporter(name: "王小明", phone: "13812341234"), externalRef: "bench-\(number)")
  }
}
