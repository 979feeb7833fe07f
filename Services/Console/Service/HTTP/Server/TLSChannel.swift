internal import Cryptography
internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// HTTP/1.1 behind TLS, by the same OpenSSL and the same rules as between services (Cryptography.TLSContext).
struct TLSChannel: ServerChildChannel {
  typealias Value = HTTP1Channel.Value

  private let plain: HTTP1Channel
  private let tls: TLSContext

  init(_ plain: HTTP1Channel, _ tls: TLSContext) {
    self.plain = plain
    self.tls = tls
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(TLSHandler(try TLSEngine(context: tls)))
    }.flatMap { plain.setup(channel: channel, logger: logger) }
  }

  func handle(value: Value, logger: Logger) async { await plain.handle(value: value, logger: logger) }
}
