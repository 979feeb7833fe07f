internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Closes connections whose other end takes too long for what is its turn: a connection costs memory whether anything comes or not. Nobody
/// waits for an answer that we take long for, or for the next event of a stream.
///
/// Confined to its channel's event loop.
final class RequestClock: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// From the connection, or the end of an answer, to the whole head of a request.
  static let headPatience = TimeAmount.seconds(60)
  /// From the head to the end of the body: 1 MiB over a line of 20 KiB a second.
  static let bodyPatience = TimeAmount.seconds(60)
  /// From bytes that wait to be sent to fewer of them, or from an answer's end until it has gone: a phone at the edge of the network loads
  /// a map.
  static let drainPatience = TimeAmount.seconds(600)

  private var timer: Scheduled<Void>?
  private var turn = ConnectionTurn()

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { wait(.head, context) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { stop() }

  func channelActive(context: ChannelHandlerContext) {
    wait(.head, context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    stop()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: hear(.requestBegan, context)
    case .body: break
    case .end: hear(.requestEnded, context)
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
    hear(.answerEnded, context)
    let sent = promise ?? context.eventLoop.makePromise()
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    // Counted from when the last byte has gone, not from when it was handed over. Whether the channel says so before or after it says that
    // it is writable again is its own business.
    sent.futureResult.whenSuccess {
      let (clock, context) = bound.value
      if context.channel.isActive { clock.hear(.answerSent, context) }
    }
    context.write(data, promise: sent)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    hear(.writability(context.channel.isWritable), context)
    context.fireChannelWritabilityChanged()
  }

  private func hear(_ event: ConnectionTurn.Event, _ context: ChannelHandlerContext) {
    switch turn.heard(event) {
    case .none: break
    case .wait(let what): wait(what, context)
    case .rest: stop()
    }
  }

  private func wait(_ what: ConnectionTurn.Wait, _ context: ChannelHandlerContext) {
    timer?.cancel()
    let patience =
      switch what {
      case .head: Self.headPatience
      case .body: Self.bodyPatience
      case .drain: Self.drainPatience
      }
    let channel = context.channel
    timer = context.eventLoop.scheduleTask(in: patience) { channel.close(mode: .all, promise: nil) }
  }

  private func stop() {
    timer?.cancel()
    timer = nil
  }
}
