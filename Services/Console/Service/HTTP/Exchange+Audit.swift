internal import AccountsAPI
internal import ConsoleDomain

extension Exchange {
  /// Writes down that a table left the house; nothing is handed out that could not be written down.
  func recordExport(_ what: String, lines: Int) async throws {
    let record = RecordRequest(action: "export", target: what, result: .done, detail: "\(lines) lines", origin: origin)
    _ = try await services.accounts.record(record, options)
  }

  /// Beside feedback's own record, so that the audit list has it; before the data leaves the house.
  func recordUnmasking() async throws {
    let record = RecordRequest(
      action: "reporter_viewed", target: values.text("id"), result: .done, detail: values.bodyText("reason"), origin: origin)
    _ = try await services.accounts.record(record, options)
  }
}
