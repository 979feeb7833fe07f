package import CityModel
package import LifelineDomain
internal import NodeKit
internal import Postgres

/// One page of a listing.
package struct Listing<Element: Sendable>: Sendable {
  package var elements: [Element]
  /// Empty at the end.
  package var nextToken: String
}

package struct PageRequest: Sendable {
  package static let defaultSize = 100
  package static let largestSize = 1_000
  package let size: Int
  package let token: String

  package init(size: Int32, token: String) throws(LifelineRefusal) {
    guard (0...Int32(Self.largestSize)).contains(size) else {
      throw .invalid(Words("每页 1 至 \(Self.largestSize) 条", "a page has 1 to \(Self.largestSize) elements"))
    }
    self.size = size == 0 ? Self.defaultSize : Int(size)
    self.token = token
  }
}

/// A sensor and its newest reading.
package struct SensorView: Sendable {
  package var sensor: Sensor
  package var last: (at: Instant, value: Double)?

  init(_ stored: SensorStore.Stored) {
    sensor = stored.sensor
    last = stored.state.lastAt.map { ($0, stored.state.lastValue) }
  }
}

/// Assets, sensors and alarms, page by page by key: a page costs the same wherever it lies.
package struct Listings: Sendable {
  private let database: Database

  init(database: Database) { self.database = database }

  package func assets(_ page: PageRequest) async throws -> Listing<Asset> {
    let found = try AssetStore.decode(try await database.query(AssetStore.list(after: page.token, limit: page.size + 1)))
    return cut(found, page) { $0.code }
  }

  /// - Parameter district: that the asking person is confined to; empty: the city.
  package func sensors(assetCode: String, in district: String = "", _ page: PageRequest) async throws -> Listing<SensorView> {
    let rows = try await database.query(
      SensorStore.list(assetCode: assetCode, district: district, after: page.token, limit: page.size + 1))
    return cut(try SensorStore.decode(rows).map(SensorView.init), page) { $0.sensor.code }
  }

  /// - Throws: `LifelineRefusal.unknownSensor`, `.otherDistrict`.
  package func sensor(_ code: String, in district: String = "") async throws -> SensorView {
    guard let stored = try SensorStore.decode(try await database.query(SensorStore.find(code: code))).first else {
      throw LifelineRefusal.unknownSensor(code)
    }
    try LifelineRights.check(district, maySee: stored.sensor.place.districtCode)
    return SensorView(stored)
  }

  /// Where the alarm's sensor stands; empty when that is not known, or there is no such alarm.
  package func district(ofAlarm id: Identifier) async throws -> String {
    try AlarmStore.decode(try await database.query(AlarmStore.find([id]))).first?.districtCode ?? ""
  }

  package func alarms(_ filter: AlarmFilter, _ page: PageRequest) async throws -> Listing<Alarm> {
    let rows = try await database.query(AlarmStore.list(filter, before: try cursor(page.token), limit: page.size + 1))
    return cut(try AlarmStore.decode(rows), page) { PageCursor(at: $0.raisedAt, id: $0.id).token }
  }

  private func cut<Element>(_ found: [Element], _ page: PageRequest, token: (Element) -> String) -> Listing<Element> {
    guard found.count > page.size else { return Listing(elements: found, nextToken: "") }
    let elements = Array(found.prefix(page.size))
    return Listing(elements: elements, nextToken: elements.last.map(token) ?? "")
  }

  private func cursor(_ token: String) throws(LifelineRefusal) -> (raisedAt: Instant, id: Identifier)? {
    if token.isEmpty { return nil }
    guard let cursor = PageCursor(token: token) else {
      throw .invalid(Words("翻页标记无效", "the page token is not one that this service gave"))
    }
    return (cursor.instant, cursor.id)
  }
}
