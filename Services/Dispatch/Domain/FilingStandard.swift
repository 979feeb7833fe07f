public import CityModel

/// What the filing standard (立案标准) that a case was filed under asks of its handling.
public struct FilingStandard: Sendable, Hashable {
  public var id: String
  public var version: String
  /// Nil when the standard sets no limit of its own.
  public var limit: HandlingLimit?
  /// 核查 is needed before closing.
  public var checkRequired: Bool

  public init(id: String, version: String, limit: HandlingLimit?, checkRequired: Bool) {
    self.id = id
    self.version = version
    self.limit = limit
    self.checkRequired = checkRequired
  }
}

/// So much time on that clock.
public struct HandlingLimit: Sendable, Hashable {
  public var amount: Int32
  public var unit: LimitUnit

  public init(_ amount: Int32, _ unit: LimitUnit) {
    self.amount = amount
    self.unit = unit
  }
}

/// The working calendar in force, with the version that a person gave it.
public struct CityCalendar: Sendable {
  public let version: String
  public let calendar: WorkCalendar

  public init(version: String, _ calendar: WorkCalendar) {
    self.version = version
    self.calendar = calendar
  }
}
