internal import CityModel
internal import IntakeDomain

/// Divisions, code tables and standards as they are stored.
struct Reference: Sendable {
  let store: ReferenceStore
  let book: ReferenceBook
  let clock: any CityClock

  func divisions(_ tier: DivisionTier?, withArea: Bool) async throws -> [StoredDivision] {
    try await store.listDivisions(tier: tier, withArea: withArea)
  }

  /// - Throws: `Refusal.noCodeTable`.
  func codeTable(_ name: String, at instant: Instant?) throws(Refusal) -> CodeTable {
    let instant = instant ?? clock.now()
    guard let table = book.current.codes.table(name, at: instant) else { throw .noCodeTable(table: name, at: instant) }
    return table
  }

  /// All versions, by kind, id and validity. An empty kind means all.
  func standards(of kind: String) async throws -> [FilingStandard] {
    try await store.standards(ofKind: kind).map(\.standard)
  }
}
