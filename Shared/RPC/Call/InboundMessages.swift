public import Wire

/// The messages of the other side, in order. One reader at a time; the next message is asked of the network only as they are read.
public struct InboundMessages<Message: WireMessage>: AsyncSequence, Sendable {
  public typealias Element = Message

  private let stream: CallStream

  init(_ stream: CallStream) { self.stream = stream }

  /// The next message; nil when the other side has sent its last one (on a client: and the status was OK).
  /// - Throws: `RPCError`: the call's status on a client; CANCELLED or DEADLINE_EXCEEDED when the call is over on a server;
  ///   INTERNAL for bytes that are no such message. `CancellationError` when the calling task is cancelled.
  public func next() async throws -> Message? {
    guard let bytes = try await stream.nextMessage() else { return nil }
    return try Message.received(bytes, as: .internal)
  }

  public func makeAsyncIterator() -> Iterator { Iterator(messages: self) }

  public struct Iterator: AsyncIteratorProtocol {
    let messages: InboundMessages<Message>
    public mutating func next() async throws -> Message? { try await messages.next() }
  }
}
