internal import Cryptography
internal import NIOCore

/// Deciphers what comes in, enciphers what goes out. Confined to its channel's event loop, as its engine is.
final class TLSHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Deciphered at once: a TLS record.
  private static let recordBytes = 16 << 10
  /// The first byte of whoever speaks TLS (RFC 8446, section 5.1: handshake).
  private static let handshakeByte: UInt8 = 22

  private enum State { case new, shakingHands, open, over }

  private let engine: TLSEngine
  private var state = State.new

  init(_ engine: TLSEngine) { self.engine = engine }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    if state == .new {
      guard bytes.readableBytesView.first == Self.handshakeByte else { return explain(context) }
      state = .shakingHands
    }
    guard state != .over else { return }
    do throws(TLSError) {
      try bytes.withUnsafeReadableBytes { given throws(TLSError) in try engine.receive(given) }
      if state == .shakingHands, try engine.handshake() == .done { state = .open }
      if state == .open { try decipher(context) }
      send(context, promise: nil)
      context.flush()
    } catch {
      // The peer learns why, if it still listens: a certificate that it does not trust, no TLS version in common.
      send(context, promise: nil)
      context.flush()
      end(context)
    }
  }

  private func decipher(_ context: ChannelHandlerContext) throws(TLSError) {
    while state == .open {
      var plain = context.channel.allocator.buffer(capacity: Self.recordBytes)
      var result = TLSEngine.IOResult.wantRead
      var failure: TLSError?
      plain.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.recordBytes) { space in
        do throws(TLSError) { result = try engine.read(into: space) } catch { failure = error }
        if case .bytes(let count) = result { return count }
        return 0
      }
      if let failure { throw failure }
      switch result {
      case .bytes: context.fireChannelRead(wrapInboundOut(plain))
      case .wantRead, .wantWrite: return
      case .closed: return end(context)
      }
    }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let plain = unwrapOutboundIn(data)
    guard state == .open else {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    do throws(TLSError) {
      let isWhole = try plain.withUnsafeReadableBytes { given throws(TLSError) in
        var rest = given[...]
        while !rest.isEmpty {
          // Into memory, which never has to wait.
          guard case .bytes(let count) = try engine.write(UnsafeRawBufferPointer(rebasing: rest)) else { return false }
          rest = rest.dropFirst(count)
        }
        return true
      }
      guard isWhole else {
        promise?.fail(ChannelError.ioOnClosedChannel)
        return end(context)
      }
      send(context, promise: promise)
    } catch {
      promise?.fail(error)
      end(context)
    }
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    if mode != .input, state == .open {
      engine.shutdown()
      send(context, promise: nil)
      context.flush()
      state = .over
    }
    context.close(mode: mode, promise: promise)
  }

  /// What the engine has for the other end. Without anything the promise is kept all the same.
  private func send(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
    context.write(wrapOutboundOut(ByteBuffer(bytes: engine.takeOutput())), promise: promise)
  }

  private func end(_ context: ChannelHandlerContext) {
    state = .over
    context.close(promise: nil)
  }

  /// Somebody typed http:// where https:// is spoken.
  private func explain(_ context: ChannelHandlerContext) {
    state = .over
    let text = "This address speaks https only. 此地址仅支持 https。\n"
    let head = [
      "HTTP/1.1 400 Bad Request", "Content-Type: text/plain; charset=utf-8", "Connection: close", "Content-Length: \(text.utf8.count)",
    ]
    let answer = head.joined(separator: "\r\n") + "\r\n\r\n"
    let sent = context.eventLoop.makePromise(of: Void.self)
    let channel = context.channel
    sent.futureResult.whenComplete { _ in channel.close(mode: .all, promise: nil) }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer + text)), promise: sent)
  }
}
