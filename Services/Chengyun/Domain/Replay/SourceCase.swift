public import CityModel

/// One row of the extract, understood.
public struct SourceCase: Sendable, Hashable {
  /// Line in the file, from 1.
  public var line: Int
  public var id: String
  public var created: Instant
  public var due: Instant?
  /// When it ended; nil while open.
  public var ended: Instant?
  public var outcome: Outcome
  /// The source's word for the outcome, for the notes.
  public var status: String
  public var kind: String
  public var channel: ReplayChannel
  public var place: Place
  /// Why coordinates of the source were not believed; nil when they were, or when there are none.
  public var coordinateDoubt: String?
  public var owner: String
  public var crew: String
  public var text: String
  public var note: String
  public var reporterName = ""
  public var reporterPhone = ""

  /// When it takes effect in the replay: never before the report itself, though the source may say so.
  public var endTakesEffect: Instant? { ended.map { max($0, created) } }
}

/// Why a row is not taken.
public struct RowFault: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
