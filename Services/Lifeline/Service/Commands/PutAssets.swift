internal import CityModel
package import LifelineDomain
internal import Postgres

/// Registers assets, or changes what is known of them.
package struct PutAssets: Sendable {
  package static let mostAssets = 10_000
  private let database: Database

  init(database: Database) { self.database = database }

  package func callAsFunction(_ assets: [Asset]) async throws {
    guard assets.count <= Self.mostAssets else { throw LifelineRefusal.tooMany(Words("个设施", "assets"), limit: Self.mostAssets) }
    try refuseTwins(assets.map(\.code), Words("设施", "asset"))
    if !assets.isEmpty { try await database.query(AssetStore.put(assets)) }
  }
}

func refuseTwins(_ codes: [String], _ what: Words) throws(LifelineRefusal) {
  var seen: Set<String> = []
  for code in codes where !seen.insert(code).inserted {
    throw .invalid(Words("\(what.chinese) \(code) 在请求中重复", "\(what.english) \(code) stands twice in the request"))
  }
}
