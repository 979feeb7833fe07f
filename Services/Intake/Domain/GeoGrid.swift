public import CityModel

/// The grid in which open cases are looked up and in which filing is serialised: cells of 0.002° (222 m north to south).
public enum GeoGrid {
  public static let degreesPerCell = 0.002
  private static let columns: Int64 = 180_000

  /// The cell of a point: row × 180,000 + column.
  public static func cell(of point: GeoPoint) -> Int64 {
    row(point.latitude) * columns + column(point.longitude).wrapped
  }

  /// The cells that a square with this half side around the point touches, ascending.
  public static func cells(around point: GeoPoint, halfSideM: Double) -> [Int64] {
    let latitude = halfSideM / GeoPoint.metresPerDegree
    // Beyond 87° of latitude the square is cut: a bound on the number of cells matters more there than a duplicate.
    let longitude = halfSideM / max(point.metresPerDegreeOfLongitude, GeoPoint.metresPerDegree * 0.05)
    var cells: [Int64] = []
    for row in row(point.latitude - latitude)...row(point.latitude + latitude) {
      for column in column(point.longitude - longitude)...column(point.longitude + longitude) {
        cells.append(row * columns + column.wrapped)
      }
    }
    return cells.sorted()
  }

  private static func row(_ latitude: Double) -> Int64 { Int64(((min(90, max(-90, latitude)) + 90) / degreesPerCell).rounded(.down)) }

  private static func column(_ longitude: Double) -> Int64 { Int64(((longitude + 180) / degreesPerCell).rounded(.down)) }
}

extension Int64 {
  /// East of the 180th meridian begins the first column again.
  fileprivate var wrapped: Int64 {
    let remainder = self % 180_000
    return remainder < 0 ? remainder + 180_000 : remainder
  }
}
