public import Wire

/// Where a side of a call puts its messages.
public struct OutboundMessages<Message: WireMessage>: Sendable {
  private let stream: CallStream

  init(_ stream: CallStream) { self.stream = stream }

  /// Queues the message and returns once the queue is below its limit: back-pressure from the other side's reader.
  /// - Throws: `RPCError` when the call is over, `CancellationError` when the calling task is cancelled.
  public func send(_ message: Message) async throws {
    try await stream.send(message.framed())
  }

  /// Nothing more will be sent. Only a client of a bidirectional call that goes on reading needs it; elsewhere the end of the
  /// function that sends says it.
  public func finish() {
    stream.onReactor { [stream] in stream.finishSending() }
  }
}
