public import CityModel

/// As much of an open case as maps and counts need.
public struct OpenCase: Sendable, Hashable {
  public var id: Identifier
  public var number: String
  public var state: CaseState
  public var kind: String
  public var department: String
  public var crew: String
  public var district: String
  public var street: String
  /// Nil when nobody knows where it is.
  public var point: GeoPoint?
  public var flags: Flags

  public struct Flags: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let overdue = Flags(rawValue: 1)
    public static let urgent = Flags(rawValue: 2)
    public static let supervised = Flags(rawValue: 4)
    public static let unplaced = Flags(rawValue: 8)
  }

  public init(
    id: Identifier, number: String, state: CaseState, kind: String, department: String, crew: String, district: String, street: String,
    point: GeoPoint?, flags: Flags
  ) {
    self.id = id
    self.number = number
    self.state = state
    self.kind = kind
    self.department = department
    self.crew = crew
    self.district = district
    self.street = street
    self.point = point
    self.flags = flags
  }
}

/// Which open cases are meant; all conditions given must hold.
public struct OpenCaseFilter: Sendable, Hashable {
  /// Empty means all open ones; closed ones are in no answer.
  public var states: [CaseState] = []
  /// One of these; empty means any.
  public var kinds: [String] = []
  /// One of these; empty means any.
  public var departments: [String] = []
  /// Empty means any.
  public var crew = ""
  public var district = ""
  public var street = ""
  /// All of these.
  public var flags: OpenCase.Flags = []

  public init(
    states: [CaseState] = [], kinds: [String] = [], departments: [String] = [], crew: String = "", district: String = "",
    street: String = "",
    flags: OpenCase.Flags = []
  ) {
    self.states = states
    self.kinds = kinds
    self.departments = departments
    self.crew = crew
    self.district = district
    self.street = street
    self.flags = flags
  }
}
