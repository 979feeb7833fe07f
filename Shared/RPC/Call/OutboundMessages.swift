public import Wire

/// Where a side of a call puts its messages.
public struct OutboundMessages<Message: WireMessage>: Sendable {
  /// Queues the message and returns once the queue is below its limit: back-pressure from the other side's reader.
  /// - Throws: `RPCError` when the call is over.
  public func send(_ message: Message) async throws {}

  /// Nothing more will be sent. Only a client of a bidirectional call that goes on reading needs it; elsewhere the end of the
  /// function that sends says it.
  public func finish() async throws {}
}
