internal import CityModel
public import CommonAPI
internal import EventsAPI

extension EventPosition {
  public init(_ wire: CommonAPI.Position) {
    self.init(transaction: wire.transaction, sequence: Int64(clamping: wire.sequence))
  }

  public var wire: CommonAPI.Position {
    CommonAPI.Position(transaction: transaction, sequence: UInt64(clamping: sequence))
  }
}

extension RecordedEvent {
  var wire: Event {
    Event(
      position: position.wire, type: type, subject: subject.bytes, occurredAtUs: occurredAt.microseconds,
      recordedAtUs: recordedAt.microseconds, body: body)
  }

  /// Nil when the event has no position or its subject is no id.
  init?(_ wire: Event) {
    guard let position = wire.position, let subject = Identifier(bytes: wire.subject) else { return nil }
    self.init(
      position: EventPosition(position), type: wire.type, subject: subject, occurredAt: Instant(microseconds: wire.occurredAtUs),
      recordedAt: Instant(microseconds: wire.recordedAtUs), body: wire.body)
  }
}
