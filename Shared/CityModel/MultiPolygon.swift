/// The area of a division: polygons with holes, WGS 84.
public struct MultiPolygon: Sendable, Hashable {
  /// Closed or open sequence of points; the last is joined to the first.
  public typealias Ring = [GeoPoint]

  /// Each polygon is its outer ring, then its holes.
  public let polygons: [[Ring]]

  public init(polygons: [[Ring]]) {
    self.polygons = polygons
  }

  public var rings: [Ring] { polygons.flatMap { $0 } }

  /// Whether an odd number of ring edges lies to the east. A point on a border belongs to one side of it, the same for everyone.
  /// Linear in the edges: for many points make a `DivisionMap`.
  public func contains(_ point: GeoPoint) -> Bool {
    var inside = false
    for polygon in polygons {
      for ring in polygon {
        for edge in RingEdge.edges(of: ring) where edge.isEast(ofLongitude: point.longitude, latitude: point.latitude) {
          inside.toggle()
        }
      }
    }
    return inside
  }
}

/// An edge from south to north, so that neighbours who share it compute the same crossing, whichever way round they list it.
struct RingEdge: Sendable {
  let southLatitude: Double
  let northLatitude: Double
  let southLongitude: Double
  /// Degrees of longitude per degree of latitude.
  let slope: Double

  /// Without the level ones, which no eastward ray crosses.
  static func edges(of ring: MultiPolygon.Ring) -> [RingEdge] {
    guard ring.count >= 3, var from = ring.last else { return [] }
    var edges: [RingEdge] = []
    edges.reserveCapacity(ring.count)
    for to in ring {
      if from.latitude != to.latitude {
        let (south, north) = from.latitude < to.latitude ? (from, to) : (to, from)
        edges.append(
          RingEdge(
            southLatitude: south.latitude, northLatitude: north.latitude, southLongitude: south.longitude,
            slope: (north.longitude - south.longitude) / (north.latitude - south.latitude)))
      }
      from = to
    }
    return edges
  }

  @inline(__always)
  func isEast(ofLongitude longitude: Double, latitude: Double) -> Bool {
    southLatitude <= latitude && latitude < northLatitude && longitude < southLongitude + (latitude - southLatitude) * slope
  }
}
