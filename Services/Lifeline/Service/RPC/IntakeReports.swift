internal import IntakeAPI
internal import RPC

/// Intake over RPC.
struct IntakeReports: CaseReports {
  let client: IntakeClient
  let timeout: Duration

  func submit(_ request: SubmitReportRequest) async throws -> SubmitReportResponse {
    try await client.submitReport(request, CallOptions(timeout: timeout))
  }
}
