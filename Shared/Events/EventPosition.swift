public import CityModel

/// A place in a service's event log: the transaction that appended, then the order within the log. What commits late has a place of its
/// own, so positions grow in the order in which events become readable.
public struct EventPosition: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let transaction: UInt64
  public let sequence: Int64

  public init(transaction: UInt64, sequence: Int64) {
    self.transaction = transaction
    self.sequence = sequence
  }

  /// Before the first event.
  public static let start = EventPosition(transaction: 0, sequence: 0)

  public static func < (left: EventPosition, right: EventPosition) -> Bool {
    (left.transaction, left.sequence) < (right.transaction, right.sequence)
  }

  public var description: String { "\(transaction).\(sequence)" }
}

/// A fact to be appended.
public struct NewEvent: Sendable, Hashable {
  /// `intake.case_filed`: the service and the name of the fact. At most 100 characters.
  public var type: String
  /// The case, report, alarm that it is about.
  public var subject: Identifier
  public var occurredAt: Instant
  /// The service's event message, encoded. At most 1 MiB.
  public var body: [UInt8]

  public init(type: String, subject: Identifier, occurredAt: Instant, body: [UInt8]) {
    self.type = type
    self.subject = subject
    self.occurredAt = occurredAt
    self.body = body
  }
}

/// A fact as it stands in a log.
public struct RecordedEvent: Sendable, Hashable {
  public let position: EventPosition
  public let type: String
  public let subject: Identifier
  public let occurredAt: Instant
  public let recordedAt: Instant
  public let body: [UInt8]

  public init(position: EventPosition, type: String, subject: Identifier, occurredAt: Instant, recordedAt: Instant, body: [UInt8]) {
    self.position = position
    self.type = type
    self.subject = subject
    self.occurredAt = occurredAt
    self.recordedAt = recordedAt
    self.body = body
  }
}
