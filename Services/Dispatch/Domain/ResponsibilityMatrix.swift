public import CityModel

/// 责任网格 × 小类: this department (and crew) handles this kind in this area. An empty kind or area means any.
public struct Responsibility: Sendable, Hashable, Comparable {
  public var kind: String
  /// Code of a community, street or district.
  public var area: String
  public var department: String
  public var crew: String

  public init(kind: String, area: String, department: String, crew: String = "") {
    self.kind = kind
    self.area = area
    self.department = department
    self.crew = crew
  }

  /// Department, crew: the order that breaks ties, the same on every machine.
  public static func < (left: Responsibility, right: Responsibility) -> Bool {
    (left.department, left.crew, left.kind, left.area) < (right.department, right.crew, right.kind, right.area)
  }
}

/// The whole matrix in one version. The most exact entry wins: the kind before any kind, and within it the smaller area before the
/// larger; between equals the department's, then the crew's code decides, so that every replica dispatches alike.
public struct ResponsibilityMatrix: Sendable {
  public let version: String
  private let entries: [Key: [Responsibility]]

  private struct Key: Hashable {
    let kind: String
    let area: String
  }

  public struct Match: Sendable, Hashable {
    public let winner: Responsibility
    /// Entries that fit too, the best first; at most `maxAlternatives`.
    public let alternatives: [Responsibility]
  }

  /// How many alternatives a dispatch reason keeps: 5.
  public static let maxAlternatives = 5

  public init(version: String, _ responsibilities: [Responsibility]) {
    self.version = version
    entries = Dictionary(grouping: Set(responsibilities)) { Key(kind: $0.kind, area: $0.area) }.mapValues { $0.sorted() }
  }

  public static let empty = ResponsibilityMatrix(version: "", [])

  public func match(kind: String, place: Place) -> Match? {
    let areas = [place.communityCode, place.streetCode, place.districtCode].filter { !$0.isEmpty } + [""]
    var fitting: [Responsibility] = []
    for kind in kind.isEmpty ? [""] : [kind, ""] {
      for area in areas {
        fitting += entries[Key(kind: kind, area: area)] ?? []
        if fitting.count > Self.maxAlternatives { break }
      }
    }
    guard let winner = fitting.first else { return nil }
    return Match(winner: winner, alternatives: Array(fitting.dropFirst().prefix(Self.maxAlternatives)))
  }
}
