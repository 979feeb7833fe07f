internal import AccountsAPI
internal import ConsoleDomain

extension Exchange {
  /// Writes down that a table leaves the house, before its first line does: nothing is handed out that could not be written down.
  /// - Parameter detail: How many lines, or by which conditions they were chosen.
  func recordExport(_ what: String, _ detail: String) async throws {
    let record = RecordRequest(action: "export", target: what, result: .done, detail: String(detail.prefix(500)), origin: origin)
    _ = try await services.accounts.record(record, options)
  }

  /// How much of it has left the house, once that is known.
  func recordExported(_ what: String, lines: Int, isWhole: Bool) async throws {
    let record = RecordRequest(
      action: "exported", target: what, result: isWhole ? .done : .failed, detail: "\(lines) lines", origin: origin)
    _ = try await services.accounts.record(record, options)
  }

  /// Beside feedback's own record, so that the audit list has it; before the data leaves the house.
  func recordUnmasking() async throws {
    let record = RecordRequest(
      action: "reporter_viewed", target: values.text("id"), result: .done, detail: values.bodyText("reason"), origin: origin)
    _ = try await services.accounts.record(record, options)
  }
}
