public import CityModel

/// Where a report was placed, and why not, if not.
public struct Placement: Sendable, Hashable {
  public let place: Place
  public let unplaced: Unplaced?

  /// Why a report has no district.
  public enum Unplaced: Int16, Sendable, Hashable, CaseIterable {
    case noCoordinates = 1
    case notOnEarth = 2
    case outside = 3

    public var words: Words {
      switch self {
      case .noCoordinates: Words("没有坐标，也没有区划代码", "no coordinates and no known division code")
      case .notOnEarth: Words("坐标无效", "the coordinates are not a place on earth")
      case .outside: Words("坐标不在任何区划内", "the point lies in no division")
      }
    }
  }

  public init(place: Place, unplaced: Unplaced?) {
    self.place = place
    self.unplaced = unplaced
  }
}

/// The city's divisions, as placement needs them.
public struct Divisions: Sendable {
  public let map: DivisionMap
  /// Every code with its parent's; empty where it has none.
  private let parents: [Key: String]

  private struct Key: Hashable, Sendable {
    let tier: DivisionTier
    let code: String
  }

  public static let none = Divisions([])

  /// - Parameter divisions: In the order in which overlaps are decided. A division without an area is known by its code only.
  public init(_ divisions: [(tier: DivisionTier, code: String, parent: String, area: MultiPolygon?)]) {
    map = DivisionMap(divisions: divisions.compactMap { division in division.area.map { (division.tier, division.code, $0) } })
    parents = Dictionary(divisions.map { (Key(tier: $0.tier, code: $0.code), $0.parent) }, uniquingKeysWith: { first, _ in first })
  }

  public func knows(_ tier: DivisionTier, _ code: String) -> Bool { parents[Key(tier: tier, code: code)] != nil }

  /// Places a report: by the polygons first, tier by tier; where they say nothing, by the codes that the source stated, if they are known;
  /// a missing upper tier follows from the lower one's parent. A report with neither district nor street nor community is unplaced.
  ///
  /// A point that is no place on earth is dropped; the address and the codes stay.
  public func place(_ stated: Place) -> Placement {
    let point = stated.point.flatMap { $0.isValid ? $0 : nil }
    let found = point.map { map.place($0) } ?? DivisionCodes()
    var place = stated
    place.point = point
    place.communityCode = found.community ?? known(.community, stated.communityCode)
    place.streetCode = found.street ?? known(.street, stated.streetCode)
    place.districtCode = found.district ?? known(.district, stated.districtCode)
    if place.streetCode.isEmpty { place.streetCode = parent(.community, place.communityCode, in: .street) }
    if place.districtCode.isEmpty { place.districtCode = parent(.street, place.streetCode, in: .district) }
    guard place.districtCode.isEmpty, place.streetCode.isEmpty, place.communityCode.isEmpty else {
      return Placement(place: place, unplaced: nil)
    }
    let reason: Placement.Unplaced = point != nil ? .outside : stated.point != nil ? .notOnEarth : .noCoordinates
    return Placement(place: place, unplaced: reason)
  }

  /// For a person's placing: a code that nobody knows is an error, not something to pass over.
  public func checkCodes(of place: Place) throws(Refusal) {
    for (tier, code) in [
      (DivisionTier.district, place.districtCode), (.street, place.streetCode), (.community, place.communityCode),
    ] where !code.isEmpty && !knows(tier, code) {
      throw .unknownDivision(tier: tier, code: code)
    }
  }

  private func known(_ tier: DivisionTier, _ code: String) -> String { !code.isEmpty && knows(tier, code) ? code : "" }

  private func parent(_ tier: DivisionTier, _ code: String, in upper: DivisionTier) -> String {
    guard !code.isEmpty, let parent = parents[Key(tier: tier, code: code)] else { return "" }
    return known(upper, parent)
  }
}
