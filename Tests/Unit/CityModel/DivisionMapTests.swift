import CityModel
import Testing

@Suite struct DivisionMapTests {
  static func square(_ west: Double, _ south: Double, _ east: Double, _ north: Double) -> MultiPolygon.Ring {
    [(west, south), (east, south), (east, north), (west, north), (west, south)].map { GeoPoint(longitude: $0.0, latitude: $0.1) }
  }

  @Test func holesAndParts() {
    let area = MultiPolygon(polygons: [
      [Self.square(10, 10, 20, 20), Self.square(12, 12, 14, 14).reversed()], [Self.square(30, 10, 31, 11)],
    ])
    let map = DivisionMap(divisions: [(.district, "a", area)])
    #expect(map.place(GeoPoint(longitude: 11, latitude: 11)).district == "a")
    #expect(map.place(GeoPoint(longitude: 13, latitude: 13)).district == nil)
    #expect(map.place(GeoPoint(longitude: 30.5, latitude: 10.5)).district == "a")
    #expect(map.place(GeoPoint(longitude: 25, latitude: 10.5)).district == nil)
    #expect(map.place(GeoPoint(longitude: .nan, latitude: 1)) == DivisionCodes())
    #expect(map.has(.district) && !map.has(.street))
  }

  @Test func firstListedWinsOverlaps() {
    let (big, small) = (MultiPolygon(polygons: [[Self.square(10, 10, 20, 20)]]), MultiPolygon(polygons: [[Self.square(15, 15, 16, 16)]]))
    let point = GeoPoint(longitude: 15.5, latitude: 15.5)
    #expect(DivisionMap(divisions: [(.street, "big", big), (.street, "small", small)]).place(point).street == "big")
    #expect(DivisionMap(divisions: [(.street, "small", small), (.street, "big", big)]).place(point).street == "small")
  }

  /// A tiling of the plane by jittered quadrangles: every point inside lies in exactly one, points on vertices and borders too.
  @Test(arguments: [UInt64(1), 2, 3])
  func neighboursShareNoPoint(seed: UInt64) {
    var random = SeededRandom(seed)
    let side = 8
    var grid: [[GeoPoint]] = []
    for row in 0...side {
      grid.append(
        (0...side).map { column in
          let jitter = { Double.random(in: -0.3...0.3, using: &random) }
          let edge = row == 0 || column == 0 || row == side || column == side
          return GeoPoint(longitude: 10 + Double(column) + (edge ? 0 : jitter()), latitude: 10 + Double(row) + (edge ? 0 : jitter()))
        })
    }
    var areas: [MultiPolygon] = []
    for row in 0..<side {
      for column in 0..<side {
        let ring = [grid[row][column], grid[row][column + 1], grid[row + 1][column + 1], grid[row + 1][column]]
        areas.append(MultiPolygon(polygons: [[Bool.random(using: &random) ? ring : ring.reversed()]]))
      }
    }
    let map = DivisionMap(divisions: areas.enumerated().map { (.street, String($0), $1) })
    var points = grid[1..<side].flatMap { $0[1..<side] }
    for row in 1..<side {
      for column in 1..<side {
        let (a, b) = (grid[row][column], grid[row][column + 1])
        points.append(GeoPoint(longitude: (a.longitude + b.longitude) / 2, latitude: (a.latitude + b.latitude) / 2))
      }
    }
    for _ in 0..<5_000 {
      points.append(GeoPoint(longitude: .random(in: 10.01...17.99, using: &random), latitude: .random(in: 10.01...17.99, using: &random)))
    }
    for point in points {
      let holders = areas.indices.filter { areas[$0].contains(point) }
      #expect(holders.count == 1, "seed \(seed) \(point)")
      #expect(map.place(point).street == holders.first.map(String.init), "seed \(seed) \(point)")
    }
  }

  /// Ragged stars with thousands of edges: the index answers as the plain ray does.
  @Test(arguments: [UInt64(21), 22])
  func indexAgreesWithPlainRay(seed: UInt64) {
    var random = SeededRandom(seed)
    let areas = (0..<30).map { _ in
      let center = (Double.random(in: 1...9, using: &random), Double.random(in: 1...9, using: &random))
      let ring = (0..<Int.random(in: 3...2_000, using: &random)).map { _ in
        GeoPoint(longitude: center.0 + .random(in: -1...1, using: &random), latitude: center.1 + .random(in: -1...1, using: &random))
      }
      return MultiPolygon(polygons: [[ring]])
    }
    let map = DivisionMap(divisions: areas.enumerated().map { (.community, String($0), $1) })
    for _ in 0..<400 {
      let point = GeoPoint(longitude: .random(in: 0...10, using: &random), latitude: .random(in: 0...10, using: &random))
      #expect(map.place(point).community == areas.firstIndex { $0.contains(point) }.map(String.init), "seed \(seed) \(point)")
    }
  }

  @Test func wellKnownBinary() throws {
    let area = MultiPolygon(polygons: [[Self.square(10, 10, 20, 20), Self.square(12, 12, 14, 14)], [Self.square(30, 10, 31, 11)]])
    #expect(try MultiPolygon(wkb: area.wkb) == area)
    // POLYGON((1 2, 3 2, 3 4, 1 2)), big endian with SRID, as PostGIS prints it.
    let hex =
      "0020000003000010E600000001000000043FF000000000000040000000000000004008000000000000400000000000000040080000000000004010000000000000"
      + "3FF00000000000004000000000000000"
    let bytes = stride(from: 0, to: hex.utf8.count, by: 2).map { index in UInt8(hex.dropFirst(index).prefix(2), radix: 16)! }
    #expect(try MultiPolygon(wkb: bytes).polygons[0][0].count == 4)
    for length in 0..<area.wkb.count { #expect(throws: WellKnownBinaryError.self) { try MultiPolygon(wkb: Array(area.wkb[..<length])) } }
    #expect(throws: WellKnownBinaryError.notAnArea) { try MultiPolygon(wkb: [1, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 16)) }
    #expect(throws: WellKnownBinaryError.trailingBytes) { try MultiPolygon(wkb: area.wkb + [0]) }
  }
}
