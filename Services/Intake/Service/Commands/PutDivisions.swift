internal import CityModel
internal import IntakeDomain
internal import Postgres

/// The city's divisions with their areas. New ones come after those that are there: where areas overlap, the first one wins.
struct PutDivisions: Sendable {
  /// Divisions of one call: 10,000.
  static let limit = 10_000
  /// Divisions of one statement, which carries their areas.
  private static let chunk = 100

  let database: Database
  let clock: any CityClock
  let book: ReferenceBook

  /// - Throws: `Refusal.invalidDivision`; nothing is stored then.
  static func validate(_ division: StoredDivision) throws(Refusal) {
    guard !division.code.isEmpty else { throw .invalidDivision(code: "", problem: "a code is needed") }
    for text in [division.code, division.name, division.parent] {
      try Submission.check(text, .divisionCode, SubmissionLimits.reference)
    }
    guard let area = division.area else { return }
    do {
      let polygon = try MultiPolygon(wkb: area)
      guard polygon.rings.allSatisfy({ $0.count >= 4 && $0.first == $0.last }) else {
        throw Refusal.invalidDivision(code: division.code, problem: "a ring is not closed")
      }
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw .invalidDivision(code: division.code, problem: "\(error)")
    }
  }

  func callAsFunction(_ divisions: [StoredDivision]) async throws -> Int {
    var seen = Set<String>()
    for division in divisions {
      try Self.validate(division)
      guard seen.insert("\(division.tier.rawValue)/\(division.code)").inserted else {
        throw Refusal.invalidDivision(code: division.code, problem: "it occurs twice")
      }
    }
    guard !divisions.isEmpty else { return 0 }
    let now = clock.now()
    try await database.transaction { transaction in
      try await transaction.query(ReferenceStore.touch(.divisions))
      for start in stride(from: 0, to: divisions.count, by: Self.chunk) {
        try await transaction.query(ReferenceStore.put(Array(divisions[start...].prefix(Self.chunk)), recordedAt: now))
      }
    }
    try await book.refresh()
    return divisions.count
  }
}
