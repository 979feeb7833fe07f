import CityModel
import DispatchDomain
import Testing

@Suite struct MapSquareTests {
  /// Los Angeles' town hall lies in the tile 12/702/1635 and Tian'anmen in 12/3372/1552, as map servers number them.
  @Test(arguments: [(-118.2427, 34.0537, 702, 1635), (116.3975, 39.9087, 3372, 1552)])
  func `a point lies in its tile and in no neighbour`(longitude: Double, latitude: Double, column: Int32, row: Int32) throws {
    let square = try #require(MapSquare(GeoPoint(longitude: longitude, latitude: latitude))).number
    for zoom in MapTile.zooms where zoom <= 12 {
      let tile = try #require(MapTile(zoom: zoom, column: column >> (12 - zoom), row: row >> (12 - zoom)))
      #expect(tile.squares.contains(square))
      if let neighbour = MapTile(zoom: zoom, column: tile.column + 1, row: tile.row) { #expect(!neighbour.squares.contains(square)) }
      if let neighbour = MapTile(zoom: zoom, column: tile.column, row: tile.row + 1) { #expect(!neighbour.squares.contains(square)) }
    }
  }

  @Test func `the tiles of a zoom cover the grid without overlap, and a tile is its four parts`() throws {
    let tiles = (0..<4).flatMap { row in (0..<4).compactMap { MapTile(zoom: 2, column: Int32($0), row: Int32(row)) } }
    let ranges = tiles.map(\.squares).sorted { $0.lowerBound < $1.lowerBound }
    #expect(ranges.count == 16 && ranges.first?.lowerBound == 0 && ranges.last?.upperBound == (1 << 48) - 1)
    for (left, right) in zip(ranges, ranges.dropFirst()) { #expect(left.upperBound + 1 == right.lowerBound) }
    let whole = try #require(MapTile(zoom: 1, column: 1, row: 0)).squares
    let parts = tiles.filter { $0.column >> 1 == 1 && $0.row >> 1 == 0 }.map(\.squares)
    #expect(parts.map(\.lowerBound).min() == whole.lowerBound && parts.map(\.upperBound).max() == whole.upperBound)
  }

  @Test func `what is no tile and what has no square`() {
    #expect(MapTile(zoom: 23, column: 0, row: 0) == nil && MapTile(zoom: -1, column: 0, row: 0) == nil)
    #expect(MapTile(zoom: 3, column: 8, row: 0) == nil && MapTile(zoom: 3, column: 0, row: -1) == nil)
    #expect(MapSquare(GeoPoint(longitude: 10, latitude: 89)) == nil)
    #expect(MapSquare(GeoPoint(longitude: .nan, latitude: 0)) == nil)
    #expect(MapSquare(GeoPoint(longitude: 180, latitude: -85)) != nil)
  }

  @Test func `clusters are a 16 by 16 grid of the tile, down to single squares`() throws {
    let tile = try #require(MapTile(zoom: 10, column: 175, row: 408))
    #expect(tile.squares.count >> Int(tile.clusterShift) == 256)
    #expect(try #require(MapTile(zoom: 22, column: 0, row: 0)).clusterShift == 0)
  }
}
