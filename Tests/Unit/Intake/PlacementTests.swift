import CityModel
import IntakeDomain
import Testing

@Suite struct PlacementTests {
  static func square(_ west: Double, _ east: Double) -> MultiPolygon {
    MultiPolygon(polygons: [[[(west, 39.0), (east, 39.0), (east, 40.0), (west, 40.0)].map { GeoPoint(longitude: $0.0, latitude: $0.1) }]])
  }

  /// District 1 in the west with streets 11 (area) and 12 (known by its code only); district 2 in the east.
  static let divisions = Divisions([
    (.district, "1", "", square(116, 117)), (.district, "2", "", square(117, 118)), (.street, "11", "1", square(116, 116.5)),
    (.street, "12", "1", nil), (.community, "121", "12", nil),
  ])

  @Test(
    arguments: [
      // The polygons decide, whatever the source says.
      (Place(point: GeoPoint(longitude: 116.2, latitude: 39.5), districtCode: "2", streetCode: "12"), "1", "11", nil),
      // No polygon of that tier there: the source's street stands.
      (Place(point: GeoPoint(longitude: 116.7, latitude: 39.5), streetCode: "12"), "1", "12", nil),
      (Place(point: GeoPoint(longitude: 117.5, latitude: 39.5)), "2", "", nil),
      // Outside, but the source knows.
      (Place(point: GeoPoint(longitude: 119, latitude: 39.5), districtCode: "2"), "2", "", nil),
      (Place(streetCode: "12"), "1", "12", nil),
      (Place(communityCode: "121"), "1", "12", nil),
      (Place(districtCode: "unknown"), "", "", Placement.Unplaced.noCoordinates),
      (Place(address: "somewhere"), "", "", .noCoordinates),
      (Place(point: GeoPoint(longitude: 119, latitude: 39.5)), "", "", .outside),
      (Place(point: GeoPoint(longitude: 0, latitude: 0)), "", "", .notOnEarth),
      (Place(point: GeoPoint(longitude: .nan, latitude: 39.5)), "", "", .notOnEarth),
      (Place(point: GeoPoint(longitude: 999, latitude: 39.5), districtCode: "1"), "1", "", nil),
    ] as [(Place, String, String, Placement.Unplaced?)])
  func places(stated: Place, district: String, street: String, unplaced: Placement.Unplaced?) {
    let placement = Self.divisions.place(stated)
    #expect(placement.place.districtCode == district && placement.place.streetCode == street && placement.unplaced == unplaced)
    #expect(placement.place.address == stated.address)
    #expect(placement.place.point == (stated.point?.isValid == true ? stated.point : nil))
  }

  @Test func peoplesCodesMustBeKnown() {
    #expect(throws: Refusal.unknownDivision(tier: .street, code: "99")) { () throws in
      try Self.divisions.checkCodes(of: Place(districtCode: "1", streetCode: "99"))
    }
    #expect(throws: Never.self) { () throws in try Self.divisions.checkCodes(of: Place(communityCode: "121")) }
  }
}
