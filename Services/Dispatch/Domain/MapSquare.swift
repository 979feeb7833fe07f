public import CityModel

/// A square of the Web Mercator grid at zoom 24 (2.4 m wide at the equator). Column and row are interleaved bit by bit (Morton order), so
/// that the squares of any map tile are one range of numbers, and those of a part of the tile a range within it.
public struct MapSquare: Sendable, Hashable {
  public static let zoom = 24
  public let number: Int64

  /// Nil for a point beyond the grid.
  public init?(_ point: GeoPoint) {
    guard let (x, y) = point.mercator else { return nil }
    number = Self.spread(Self.ordinal(x)) | Self.spread(Self.ordinal(y)) << 1
  }

  /// - Parameter position: 0 to 1.
  private static func ordinal(_ position: Double) -> Int64 {
    let side = Double(1 << zoom)
    return Int64(min(max(position * side, 0), side - 1))
  }

  /// The bits of a 24-bit number at the even places.
  static func spread(_ number: Int64) -> Int64 {
    var bits = number
    bits = (bits | bits << 16) & 0x0000_ffff_0000_ffff
    bits = (bits | bits << 8) & 0x00ff_00ff_00ff_00ff
    bits = (bits | bits << 4) & 0x0f0f_0f0f_0f0f_0f0f
    bits = (bits | bits << 2) & 0x3333_3333_3333_3333
    return (bits | bits << 1) & 0x5555_5555_5555_5555
  }
}

/// A tile of the Web Mercator scheme, row 0 in the north.
public struct MapTile: Sendable, Hashable {
  public static let zooms: ClosedRange<Int32> = 0...22
  /// Clusters below this zoom, whatever there is. Default 12.
  public static let clusterZoom: Int32 = 12
  /// Single points up to this many in a tile, clusters beyond. Default 2,000.
  public static let pointLimit = 2_000
  /// Clusters of a tile: 16 × 16 at most, 32 pixels apart on a tile of 512, so that a circle with a number has room.
  static let clusterBits: Int32 = 4

  public let zoom: Int32
  public let column: Int32
  public let row: Int32

  /// Nil when there is no such tile.
  public init?(zoom: Int32, column: Int32, row: Int32) {
    guard Self.zooms.contains(zoom) else { return nil }
    let side = Int32(1) << zoom
    guard (0..<side).contains(column), (0..<side).contains(row) else { return nil }
    self.zoom = zoom
    self.column = column
    self.row = row
  }

  /// The numbers of its squares.
  public var squares: ClosedRange<Int64> {
    let shift = Int64(2 * (Int32(MapSquare.zoom) - zoom))
    let number = MapSquare.spread(Int64(column)) | MapSquare.spread(Int64(row)) << 1
    return number << shift...((number + 1) << shift) - 1
  }

  /// Squares whose numbers agree but for this many low bits are one cluster.
  public var clusterShift: Int32 { max(0, 2 * (Int32(MapSquare.zoom) - zoom - Self.clusterBits)) }
}
