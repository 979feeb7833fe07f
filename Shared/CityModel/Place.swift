#if canImport(Glibc)
  internal import Glibc
#endif

/// A point on the ground: WGS 84, degrees.
public struct GeoPoint: Sendable, Hashable {
  public let longitude: Double
  public let latitude: Double

  public init(longitude: Double, latitude: Double) {
    self.longitude = longitude
    self.latitude = latitude
  }

  /// On the globe, and not the (0, 0) in the Gulf of Guinea that forms send when nobody knew.
  public var isValid: Bool {
    longitude.isFinite && latitude.isFinite && abs(longitude) <= 180 && abs(latitude) <= 90 && !(longitude == 0 && latitude == 0)
  }

  /// Metres over the sphere of the earth's mean radius (haversine; at most 0.5 % off the ellipsoid).
  public func distance(to other: GeoPoint) -> Double {
    let radians = Double.pi / 180
    let halfLatitude = sin((other.latitude - latitude) * radians / 2)
    let halfLongitude = sin((other.longitude - longitude) * radians / 2)
    let a =
      halfLatitude * halfLatitude + cos(latitude * radians) * cos(other.latitude * radians) * halfLongitude * halfLongitude
    return 2 * Self.earthRadiusM * asin(min(1, a.squareRoot()))
  }

  /// Mean radius, IUGG.
  public static let earthRadiusM = 6_371_008.8
  /// Metres of one degree of latitude.
  public static let metresPerDegree = earthRadiusM * Double.pi / 180
  /// Metres of one degree of longitude at this latitude.
  public var metresPerDegreeOfLongitude: Double { Self.metresPerDegree * cos(latitude * Double.pi / 180) }
}

/// Where something is: the point when somebody knows it, the words, and the divisions that hold it.
public struct Place: Sendable, Hashable {
  public var point: GeoPoint?
  /// As people write it.
  public var address: String
  /// Codes of the administrative divisions, empty when not placed.
  public var districtCode: String
  public var streetCode: String
  public var communityCode: String

  public init(
    point: GeoPoint? = nil, address: String = "", districtCode: String = "", streetCode: String = "", communityCode: String = ""
  ) {
    self.point = point
    self.address = address
    self.districtCode = districtCode
    self.streetCode = streetCode
    self.communityCode = communityCode
  }
}
