internal import CityModel
internal import IntakeDomain
internal import Postgres

/// New versions of filing standards. Cases keep the version that they were filed under, so a version never changes.
struct PutFilingStandards: Sendable {
  /// Standards of one call: 20,000.
  static let limit = 20_000

  let database: Database
  let clock: any CityClock
  let book: ReferenceBook

  func callAsFunction(_ standards: [FilingStandard], validFrom: Instant) async throws -> Int {
    guard standards.count <= Self.limit else { throw Refusal.streamTooLong(limit: Self.limit) }
    var seen: [Key: FilingStandard] = [:]
    for standard in standards {
      try standard.validate()
      guard seen.updateValue(standard, forKey: Key(standard)) == nil else {
        throw Refusal.invalidStandard(id: standard.id, problem: "its version occurs twice")
      }
    }
    guard !standards.isEmpty else { return 0 }
    let now = clock.now()
    try await database.transaction { transaction in
      let rows = try await transaction.pipeline([
        ReferenceStore.touch(.standards), ReferenceStore.standards(withIDs: standards.map(\.id)),
      ])
      for (stored, storedFrom) in try ReferenceStore.standards(rows[1]) {
        guard let put = seen.removeValue(forKey: Key(stored)) else { continue }
        guard put == stored, storedFrom == validFrom else { throw Refusal.versionExists(stored.id, version: stored.version) }
      }
      let new = standards.filter { seen[Key($0)] != nil }
      try await transaction.query(ReferenceStore.put(new, validFrom: validFrom, recordedAt: now))
    }
    try await book.refresh()
    return standards.count
  }

  private struct Key: Hashable {
    let id: String
    let version: String

    init(_ standard: FilingStandard) {
      id = standard.id
      version = standard.version
    }
  }
}
