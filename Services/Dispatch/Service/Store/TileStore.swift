internal import DispatchDomain
internal import Postgres

/// What a map tile shows of the open cases; all conditions given must hold.
struct TileFilter: Sendable, Hashable {
  /// Open ones; empty means all open ones.
  var states: [CaseState] = []
  var kind = ""
  var department = ""
  var district = ""
  var onlyOverdue = false
  var onlyUrgent = false
  var onlySupervised = false
}

/// Vector tiles of open cases: a range of the index `cases_on_map`, which holds all that clusters are made of.
enum TileStore {
  static let layer = "cases"
  /// Units along the side of a tile.
  static let extent: Int32 = 4_096

  /// How many cases there are, counted up to one more than a tile shows singly.
  static func count(_ tile: MapTile, _ filter: TileFilter) -> SQL {
    "SELECT count(*) FROM (SELECT FROM cases WHERE \(fragment: conditions(tile, filter)) LIMIT \(MapTile.pointLimit + 1)) AS counted"
  }

  /// Each case a point.
  static func points(_ tile: MapTile, _ filter: TileFilter) -> SQL {
    let codes = CaseState.open.map(\.code)
    return """
      SELECT public.ST_AsMVT(tile, \(layer), \(extent), 'point') FROM (
        SELECT \(fragment: point(tile, longitude: "longitude", latitude: "latitude")) AS point, number, kind, overdue, urgent, supervised,
          (\(codes))[state] AS state
        FROM cases WHERE \(fragment: conditions(tile, filter))
        ORDER BY urgent, overdue, map_square LIMIT \(MapTile.pointLimit)
      ) AS tile
      """
  }

  /// Cases near each other are one point, in the middle of them.
  static func clusters(_ tile: MapTile, _ filter: TileFilter) -> SQL {
    """
    SELECT public.ST_AsMVT(tile, \(layer), \(extent), 'point') FROM (
      SELECT \(fragment: point(tile, longitude: "longitude", latitude: "latitude")) AS point, count, overdue, urgent
      FROM (
        SELECT avg(longitude) AS longitude, avg(latitude) AS latitude, count(*)::integer AS count,
          (count(*) FILTER (WHERE overdue))::integer AS overdue, (count(*) FILTER (WHERE urgent))::integer AS urgent
        FROM cases WHERE \(fragment: conditions(tile, filter)) GROUP BY map_square >> \(tile.clusterShift)
      ) AS clustered
      ORDER BY count
    ) AS tile
    """
  }

  private static func conditions(_ tile: MapTile, _ filter: TileFilter) -> SQL {
    var conditions: [SQL] = ["state < 7"]
    conditions.append("map_square BETWEEN \(tile.squares.lowerBound) AND \(tile.squares.upperBound)")
    if !filter.states.isEmpty { conditions.append("state = ANY(\(filter.states))") }
    if !filter.kind.isEmpty { conditions.append("kind = \(filter.kind)") }
    if !filter.department.isEmpty { conditions.append("department = \(filter.department)") }
    if !filter.district.isEmpty { conditions.append("district_code = \(filter.district)") }
    if filter.onlyOverdue { conditions.append("overdue") }
    if filter.onlyUrgent { conditions.append("urgent") }
    if filter.onlySupervised { conditions.append("supervised") }
    return conditions.conjunction
  }

  /// In the tile's units. Web Mercator by its formula, on the sphere of 6,378,137 m: PROJ gives the same and takes longer.
  private static func point(_ tile: MapTile, longitude: SQL, latitude: SQL) -> SQL {
    """
    public.ST_AsMVTGeom(
      public.ST_SetSRID(public.ST_MakePoint(radians(\(fragment: longitude)) * 6378137,
        ln(tan(pi() / 4 + radians(\(fragment: latitude)) / 2)) * 6378137), 3857),
      public.ST_TileEnvelope(\(tile.zoom), \(tile.column), \(tile.row)), \(extent), 64, false)
    """
  }
}
