public import CityModel

/// What a mapping file says: how a city's extract becomes reports and endings. The file is described in this service's README.
public struct Mapping: Sendable {
  /// Names the extract for ever: it is part of every idempotency key.
  public var source: String
  /// The city's code, as it stands in service identities.
  public var city: String
  public var timeZone: String
  public var delimiter: UInt8 = UInt8(ascii: ",")
  public var id: Column
  public var created: TimeColumn
  public var due: TimeColumn?
  public var ended: TimeColumn
  public var place = PlaceColumns()
  public var kind: CodeColumn
  public var channel: ChannelColumn
  public var owner: CodeColumn?
  public var crew: CodeColumn?
  public var status: StatusColumn
  /// Columns whose values, joined by ", ", are what the reporter said.
  public var text: [Column] = []
  public var note: Column?
  public var reporterName: Column?
  public var reporterPhone: Column?
  public var divisions: [DivisionFile] = []
  public var standards: [StandardRule] = []
  public var responsibilities: [ResponsibilityRule] = []
  /// Who has cases that neither the source nor a rule gives to anybody.
  public var defaultOwner: String?
  /// Recognised duplicates stay cases of their own (the city handled each).
  public var keepDuplicatesApart = true
}

/// A column of the file, and where the mapping names it.
public struct Column: Sendable, Hashable {
  public let name: String
  /// Line in the mapping file.
  public let line: Int
  /// Path in the mapping file, for instance `times.created`.
  public let field: String
}

/// Columns that hold a time; the first that is not blank counts.
public struct TimeColumn: Sendable, Hashable {
  public var columns: [Column]
  public var format: TimeFormat
  /// The zone of readings without an offset.
  public var zoneName: String
  /// The time is a day: it means the day's last moment.
  public var endOfDay = false
}

/// Where the source says it happened.
public struct PlaceColumns: Sendable, Hashable {
  public var longitude: Column?
  public var latitude: Column?
  public var address: [Column] = []
  public var district: Column?
  public var street: Column?
  public var community: Column?
  /// Coordinates outside are not believed.
  public var box: CoordinateBox?
  /// Coordinates that the source writes when it does not know.
  public var unknown: [GeoPoint] = []
  /// A row whose coordinates are not believed is left unplaced, for a person to place: its stated divisions stay in the evidence only.
  public var doubtUnplaces = false
}

/// Degrees, WGS 84.
public struct CoordinateBox: Sendable, Hashable {
  public let west, south, east, north: Double

  public func contains(_ point: GeoPoint) -> Bool {
    (west...east).contains(point.longitude) && (south...north).contains(point.latitude)
  }
}

/// A column of codes with names for people and, where the source's spelling is not to be kept, translations.
public struct CodeColumn: Sendable, Hashable {
  public var column: Column
  public var values: [String: String] = [:]
  /// Chinese and English names by code.
  public var names: [String: Names] = [:]
  public var fallback: String?

  public struct Names: Sendable, Hashable {
    public let zh: String
    public let en: String
  }
}

/// Every value that is expected, translated.
public struct ChannelColumn: Sendable, Hashable {
  public var column: Column?
  public var values: [String: ReplayChannel] = [:]
  public var fallback: ReplayChannel?
}

public struct StatusColumn: Sendable, Hashable {
  public var column: Column
  public var values: [String: Outcome] = [:]
  public var fallback: Outcome?
}

/// The channels of intake's contract, by their names in lower case.
public enum ReplayChannel: Int32, Sendable, Hashable, CaseIterable {
  case hotline = 1
  case app, web, collector, leader, camera, sensor, transfer, email, counter, open311

  public var name: String { "\(self)" }

  public init?(name: String) {
    guard let channel = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = channel
  }
}

/// What became of a request in the source.
public enum Outcome: String, Sendable, Hashable, CaseIterable {
  case open
  case closed
  /// The source closed it because it repeats another one; it counts as closed.
  case closedDuplicate = "closed_duplicate"
  case cancelled
  case referred

  public var isEnded: Bool { self != .open }
}

/// A file of polygons (GeoJSON, also `.gz`), beside the mapping file.
public struct DivisionFile: Sendable, Hashable {
  public let tier: DivisionTier
  public let file: String
  public let line: Int
  /// Properties that hold code and name.
  public let codeProperty: String
  public let nameProperty: String

  /// - Parameter line: Where the file is named, for mistakes; 1 when the operator named it.
  public init(tier: DivisionTier, file: String, line: Int = 1, codeProperty: String, nameProperty: String) {
    self.tier = tier
    self.file = file
    self.line = line
    self.codeProperty = codeProperty
    self.nameProperty = nameProperty
  }
}

/// By their numbers in intake's contract.
public enum DivisionTier: Int32, Sendable, Hashable, CaseIterable {
  case city = 1
  case district, street, community

  public var name: String { "\(self)" }
}

/// A filing standard of the mapping. `kind` "*" covers every kind without one of its own.
public struct StandardRule: Sendable, Hashable {
  public var kind: String
  public var limit: Int32
  public var unit: StandardUnit
  public var urgent = false
  public var checkRequired = false
  public var condition = ""
  public var closingCondition = ""

  public init(
    kind: String, limit: Int32, unit: StandardUnit, urgent: Bool = false, checkRequired: Bool = false, condition: String = "",
    closingCondition: String = ""
  ) {
    self.kind = kind
    self.limit = limit
    self.unit = unit
    self.urgent = urgent
    self.checkRequired = checkRequired
    self.condition = condition
    self.closingCondition = closingCondition
  }
}

/// By their numbers in intake's contract.
public enum StandardUnit: Int32, Sendable, Hashable, CaseIterable {
  case none = 0
  case urgentHours, workingHours, workingDays, naturalDays

  public var name: String {
    switch self {
    case .none: "none"
    case .urgentHours: "urgent_hours"
    case .workingHours: "working_hours"
    case .workingDays: "working_days"
    case .naturalDays: "natural_days"
    }
  }
}

/// A line of the responsibility matrix. Empty kind or area means any.
public struct ResponsibilityRule: Sendable, Hashable {
  public var kind: String
  public var area: String
  public var department: String
  public var crew: String

  public init(kind: String = "", area: String = "", department: String, crew: String = "") {
    self.kind = kind
    self.area = area
    self.department = department
    self.crew = crew
  }
}
