internal import CityModel
internal import IntakeDomain

/// Divisions, code tables and standards as they are stored.
struct Reference: Sendable {
  let store: ReferenceStore
  let book: ReferenceBook
  let clock: any CityClock

  /// Degrees that an area may be simplified by at most: some 10 km.
  static let toleranceLimit = 0.1

  /// - Parameters: as `ReferenceStore.listDivisions` takes them.
  func divisions(_ tier: DivisionTier?, parent: String, withArea: Bool, tolerance: Double) async throws -> [StoredDivision] {
    try await store.listDivisions(tier: tier, parent: parent, withArea: withArea, tolerance: tolerance)
  }

  /// The divisions that hold the point, from the largest down, as a report there would be placed; and why there are none, if so.
  func locate(_ point: GeoPoint?) async throws -> (divisions: [StoredDivision], unplaced: Placement.Unplaced?) {
    let placement = book.current.divisions.place(Place(point: point))
    guard placement.unplaced == nil else { return ([], placement.unplaced) }
    let codes: [(tier: DivisionTier, code: String)] = [
      (.district, placement.place.districtCode), (.street, placement.place.streetCode), (.community, placement.place.communityCode),
    ]
    return (try await store.divisions(named: codes.filter { !$0.code.isEmpty }), nil)
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
