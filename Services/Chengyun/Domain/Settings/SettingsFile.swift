public import CityModel

/// What a city sets for its services from files (`chengyun admin put`). Each reads JSON and throws every mistake at once, with its line.
public struct CalendarFile: Sendable, Hashable {
  public var version: String
  /// Minutes of the day, from and before, in turn.
  public var workMinutes: [Int32]
  public var holidays: [LocalDate]
  public var workedWeekends: [LocalDate]
}

public struct StandardsFile: Sendable, Hashable {
  public struct Standard: Sendable, Hashable {
    public var id: String
    public var version: String
    public var rule: StandardRule
  }

  /// The first day, in the city's time, on which they hold.
  public var validFrom: LocalDate
  public var standards: [Standard]
}

public struct CodesFile: Sendable, Hashable {
  public struct Code: Sendable, Hashable {
    public var code: String
    public var name: String
    public var nameEn: String
    public var parent: String
    public var duplicates: DuplicateSearch?
    /// Not one that citizens choose.
    public var staffOnly: Bool
  }

  /// How reports of the kind are recognised as the same fact. Nil: the city's default.
  public struct DuplicateSearch: Sendable, Hashable {
    public var enabled: Bool
    public var radiusMetres: Double
    public var windowHours: Int64
  }

  public var table: String
  public var version: String
  public var validFrom: LocalDate
  public var codes: [Code]
}

public struct MatrixFile: Sendable, Hashable {
  public struct Department: Sendable, Hashable {
    public var code: String
    public var name: String
    public var nameEn: String
    public var crews: [Crew]
  }

  public struct Crew: Sendable, Hashable {
    public var code: String
    public var name: String
  }

  public var version: String
  /// Stored before the matrix, which names them. Empty: those that are known already.
  public var departments: [Department]
  public var rules: [ResponsibilityRule]
}

public struct FormulaFile: Sendable, Hashable {
  public struct Formula: Sendable, Hashable {
    public var indicator: String
    public var version: String
    public var name: String
    public var nameEn: String
    public var form: String
    public var numerator: String
    public var denominator: String
    public var measure: String
    /// What the terms that end in `_in_limit` allow; 0 when the formula has none of them.
    public var limitSeconds: Int64
    public var validFrom: LocalDate
  }

  public var formulas: [Formula]
}
