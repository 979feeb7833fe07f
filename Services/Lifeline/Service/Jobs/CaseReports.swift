package import IntakeAPI

/// Where alarms become cases.
package protocol CaseReports: Sendable {
  func submit(_ request: SubmitReportRequest) async throws -> SubmitReportResponse
}
