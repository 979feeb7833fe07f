internal import CityModel
internal import Cryptography
internal import IntakeDomain
internal import NodeKit
internal import Postgres

/// Reports as people may see them: personal data masked.
struct Reports: Sendable {
  let database: Database
  let cipher: FieldCipher

  /// A stored report with the reporter's masked data.
  struct Shown: Sendable {
    let report: StoredReport
    let maskedName: String
    let maskedPhone: String
  }

  /// - Parameter district: Empty: wherever it is.
  /// - Throws: `Refusal.unknownReport`, `Refusal.otherDistrict`.
  func get(_ id: Identifier, in district: String = "") async throws -> Shown {
    let rows = try await database.atomically([ReportStore.find(id), ReportStore.evidence(of: [id])])
    guard let report = try ReportStore.reports(rows[0], evidence: rows[1]).first else { throw Refusal.unknownReport }
    try ReportRights.check(district, mayTouch: report.place.districtCode)
    return shown(report)
  }

  func list(_ filter: ReportFilter) async throws -> [Shown] {
    let rows = try await database.query(ReportStore.list(filter))
    let evidence = try await database.query(ReportStore.evidence(of: try rows.map { try $0[0, Identifier.self] }))
    return try ReportStore.reports(rows, evidence: evidence).map(shown)
  }

  private func shown(_ report: StoredReport) -> Shown {
    Shown(
      report: report, maskedName: Masking.name(open(report.sealedName, SealedField.reporterName(of: report.id))),
      maskedPhone: Masking.phone(open(report.sealedPhone, SealedField.reporterPhone(of: report.id))))
  }

  /// A value that this key does not open shows as empty: a restored backup with another secret must not hide the report.
  private func open(_ sealed: [UInt8]?, _ context: String) -> String {
    sealed.flatMap { try? cipher.open($0, context: context) } ?? ""
  }
}
