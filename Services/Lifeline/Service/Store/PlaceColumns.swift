internal import CityModel
internal import Postgres

/// The six columns of a place, as arrays for one statement over many rows.
struct PlaceColumns {
  var longitudes: [Double?] = []
  var latitudes: [Double?] = []
  var addresses: [String] = []
  var districts: [String] = []
  var streets: [String] = []
  var communities: [String] = []

  init(_ places: [Place]) {
    longitudes = places.map { $0.point?.longitude }
    latitudes = places.map { $0.point?.latitude }
    addresses = places.map(\.address)
    districts = places.map(\.districtCode)
    streets = places.map(\.streetCode)
    communities = places.map(\.communityCode)
  }

  static let names: SQL = "longitude, latitude, address, district_code, street_code, community_code"
}

extension RowReader {
  mutating func place() throws(PostgresError) -> Place {
    let (longitude, latitude) = (try next(Double?.self), try next(Double?.self))
    var point: GeoPoint?
    if let longitude, let latitude { point = GeoPoint(longitude: longitude, latitude: latitude) }
    return Place(
      point: point, address: try next(), districtCode: try next(), streetCode: try next(), communityCode: try next())
  }
}
