internal import CityModel
internal import LifelineDomain
internal import Postgres

/// Table `assets`.
enum AssetStore {
  static func put(_ assets: [Asset]) -> SQL {
    let place = PlaceColumns(assets.map(\.place))
    return """
      INSERT INTO assets (code, name, kind, \(fragment: PlaceColumns.names))
      SELECT * FROM unnest(
        \(assets.map(\.code)), \(assets.map(\.name)), \(assets.map(\.kind)),
        \(place.longitudes), \(place.latitudes), \(place.addresses), \(place.districts), \(place.streets), \(place.communities))
      ON CONFLICT (code) DO UPDATE SET
        name = excluded.name, kind = excluded.kind, longitude = excluded.longitude, latitude = excluded.latitude,
        address = excluded.address, district_code = excluded.district_code, street_code = excluded.street_code,
        community_code = excluded.community_code
      """
  }

  static func list(after code: String, limit: Int) -> SQL {
    """
    SELECT code, name, kind, \(fragment: PlaceColumns.names) FROM assets WHERE code > \(code) ORDER BY code LIMIT \(limit)
    """
  }

  static func find(_ codes: [String]) -> SQL {
    "SELECT code, name, kind, \(fragment: PlaceColumns.names) FROM assets WHERE code = ANY (\(codes))"
  }

  static func decode(_ rows: Rows) throws -> [Asset] {
    try rows.map { row in
      var reader = RowReader(row)
      return try Asset(code: reader.next(), name: reader.next(), kind: reader.next(), place: reader.place())
    }
  }

  /// Those of the codes that are registered. The rows stay until the transaction's end.
  static func lock(_ codes: [String]) -> SQL {
    "SELECT code FROM assets WHERE code = ANY (\(codes)) ORDER BY code FOR KEY SHARE"
  }
}
