internal import AccountsAPI

extension Exchange {
  /// Writes down that a table left the house; nothing is handed out that could not be written down.
  func recordExport(_ what: String, lines: Int) async throws {
    let record = RecordRequest(action: "export", target: what, result: .done, detail: "\(lines) lines", origin: origin)
    _ = try await services.accounts.record(record, options)
  }
}
