#if canImport(Glibc)
  internal import Glibc
#endif

extension GeoPoint {
  /// Web Mercator ends here, north and south.
  public static let mercatorLatitudeLimit = 85.051_128_779_806_59

  /// Where the point lies on the square of Web Mercator: 0 to 1 eastwards and southwards. Nil beyond its edges.
  public var mercator: (x: Double, y: Double)? {
    guard longitude.isFinite, abs(longitude) <= 180, abs(latitude) <= Self.mercatorLatitudeLimit else { return nil }
    let radians = latitude * Double.pi / 180
    return ((longitude + 180) / 360, (1 - log(tan(radians) + 1 / cos(radians)) / Double.pi) / 2)
  }
}
