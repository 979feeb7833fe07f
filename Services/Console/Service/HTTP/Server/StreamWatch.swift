internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Closes the connection of an event stream as soon as its browser closes its side. Hummingbird leaves the other half open, and only the
/// next event would find that nobody reads: until then the stream would count among those that its person may have. Other answers are
/// still given: who has nothing more to say may yet read.
///
/// Confined to its channel's event loop.
final class StreamWatch: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// How an event stream is recognised (HTML Standard, section 9.2.5).
  static let mediaType = "text/event-stream"

  private var isStreaming = false
  private var hasLeft = false

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event {
      hasLeft = true
      if isStreaming { context.close(promise: nil) }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let part = unwrapOutboundIn(data)
    context.write(data, promise: promise)
    switch part {
    case .head(let head):
      isStreaming = head.headerFields[.contentType]?.hasPrefix(Self.mediaType) == true
      if isStreaming, hasLeft { context.close(promise: nil) }
    case .body: break
    case .end: isStreaming = false
    }
  }
}
