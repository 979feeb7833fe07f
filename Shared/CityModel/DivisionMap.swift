/// The tiers of the administration, from the city down.
public enum DivisionTier: Int32, Sendable, Hashable, CaseIterable, Comparable {
  case city = 1
  case district = 2
  case street = 3
  case community = 4

  public static func < (left: DivisionTier, right: DivisionTier) -> Bool { left.rawValue < right.rawValue }
}

/// The divisions that hold a point; nil where no polygon does.
public struct DivisionCodes: Sendable, Hashable {
  public var city: String?
  public var district: String?
  public var street: String?
  public var community: String?

  public init(city: String? = nil, district: String? = nil, street: String? = nil, community: String? = nil) {
    self.city = city
    self.district = district
    self.street = street
    self.community = community
  }
}

/// Finds the divisions that a point lies in. Immutable: a new set of divisions is a new map.
///
/// A point on the border of two neighbours with the same border line lies in exactly one of them. Where polygons overlap, as digitised
/// borders do, the division that the city lists first wins. Measured on Los Angeles (8,246 points, 99 neighbourhood councils, 15 points in
/// two of them), agreement with the city's own column in those 15: first listed 13, largest 10, farthest from its border 8, smallest 5,
/// first code 3.
public struct DivisionMap: Sendable {
  private let layers: [DivisionLayer?]

  public static let empty = DivisionMap(divisions: [])

  /// - Parameter divisions: In the order in which overlaps are decided.
  public init(divisions: [(tier: DivisionTier, code: String, area: MultiPolygon)]) {
    layers = DivisionTier.allCases.map { tier in
      let own = divisions.filter { $0.tier == tier }
      return own.isEmpty ? nil : DivisionLayer(own.map { ($0.code, $0.area) })
    }
  }

  public func place(_ point: GeoPoint) -> DivisionCodes {
    DivisionCodes(
      city: code(.city, at: point), district: code(.district, at: point), street: code(.street, at: point),
      community: code(.community, at: point))
  }

  /// Whether the map knows any polygon of this tier.
  public func has(_ tier: DivisionTier) -> Bool { layers[Int(tier.rawValue) - 1] != nil }

  private func code(_ tier: DivisionTier, at point: GeoPoint) -> String? {
    guard point.isValid, let layer = layers[Int(tier.rawValue) - 1] else { return nil }
    return layer.code(at: point)
  }
}

/// One tier: a grid of candidate polygons by bounding box, and each polygon's edges in slabs of latitude.
private struct DivisionLayer: Sendable {
  private let codes: [String]
  private let areas: [SlabbedArea]
  private let bounds: Bounds
  /// Per grid cell the candidates `candidates[starts[cell]..<starts[cell + 1]]`, in listing order.
  private let starts: [Int32]
  private let candidates: [Int32]
  private let columns: Int

  init(_ divisions: [(code: String, area: MultiPolygon)]) {
    codes = divisions.map(\.code)
    areas = divisions.map { SlabbedArea($0.area) }
    bounds = areas.reduce(Bounds.none) { $0.union($1.bounds) }
    columns = max(1, min(Self.maxColumns, 4 * Int(Double(divisions.count).squareRoot().rounded(.up))))
    var cells = [[Int32]](repeating: [], count: columns * columns)
    for (index, area) in areas.enumerated() where !area.bounds.isEmpty {
      let low = Self.cell(area.bounds.west, area.bounds.south, bounds, columns)
      let high = Self.cell(area.bounds.east, area.bounds.north, bounds, columns)
      for row in low.row...high.row {
        for column in low.column...high.column { cells[row * columns + column].append(Int32(index)) }
      }
    }
    var starts: [Int32] = [0]
    for cell in cells { starts.append(starts[starts.count - 1] + Int32(cell.count)) }
    self.starts = starts
    candidates = cells.flatMap { $0 }
  }

  func code(at point: GeoPoint) -> String? {
    guard bounds.contains(point) else { return nil }
    let cell = Self.cell(point.longitude, point.latitude, bounds, columns)
    let index = cell.row * columns + cell.column
    for position in Int(starts[index])..<Int(starts[index + 1]) {
      let candidate = Int(candidates[position])
      if areas[candidate].contains(point) { return codes[candidate] }
    }
    return nil
  }

  private static func cell(_ longitude: Double, _ latitude: Double, _ bounds: Bounds, _ columns: Int) -> (row: Int, column: Int) {
    func index(_ value: Double, _ low: Double, _ high: Double) -> Int {
      high > low ? min(columns - 1, max(0, Int((value - low) / (high - low) * Double(columns)))) : 0
    }
    return (index(latitude, bounds.south, bounds.north), index(longitude, bounds.west, bounds.east))
  }

  private static let maxColumns = 256
}

private struct Bounds: Sendable {
  var west, south, east, north: Double

  static let none = Bounds(west: .infinity, south: .infinity, east: -.infinity, north: -.infinity)

  var isEmpty: Bool { west > east }

  func union(_ other: Bounds) -> Bounds {
    Bounds(
      west: min(west, other.west), south: min(south, other.south), east: max(east, other.east), north: max(north, other.north))
  }

  func contains(_ point: GeoPoint) -> Bool {
    west <= point.longitude && point.longitude <= east && south <= point.latitude && point.latitude <= north
  }
}

/// A multipolygon whose edges are sorted into slabs of latitude, so that a ray meets a handful of them instead of all.
private struct SlabbedArea: Sendable {
  let bounds: Bounds
  private let slabs: Int
  private let starts: [Int32]
  private let edges: [RingEdge]

  init(_ area: MultiPolygon) {
    let all = area.rings.flatMap(RingEdge.edges(of:))
    bounds = area.rings.joined().reduce(Bounds.none) {
      $0.union(Bounds(west: $1.longitude, south: $1.latitude, east: $1.longitude, north: $1.latitude))
    }
    slabs = max(1, all.count / Self.edgesPerSlab)
    var sorted = [[RingEdge]](repeating: [], count: slabs)
    for edge in all {
      let low = Self.slab(edge.southLatitude, bounds, slabs)
      for slab in low...Self.slab(edge.northLatitude, bounds, slabs) { sorted[slab].append(edge) }
    }
    var starts: [Int32] = [0]
    for slab in sorted { starts.append(starts[starts.count - 1] + Int32(slab.count)) }
    self.starts = starts
    edges = sorted.flatMap { $0 }
  }

  func contains(_ point: GeoPoint) -> Bool {
    guard bounds.contains(point) else { return false }
    let slab = Self.slab(point.latitude, bounds, slabs)
    var inside = false
    edges.withUnsafeBufferPointer { edges in
      for index in Int(starts[slab])..<Int(starts[slab + 1])
      where edges[index].isEast(ofLongitude: point.longitude, latitude: point.latitude) {
        inside.toggle()
      }
    }
    return inside
  }

  private static func slab(_ latitude: Double, _ bounds: Bounds, _ slabs: Int) -> Int {
    guard bounds.north > bounds.south else { return 0 }
    return min(slabs - 1, max(0, Int((latitude - bounds.south) / (bounds.north - bounds.south) * Double(slabs))))
  }

  private static let edgesPerSlab = 4
}
