// Browsers that leave an event stream, on a channel in memory.
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import ConsoleService

@Suite struct StreamWatchTests {
  private let channel = EmbeddedChannel(handler: StreamWatch())

  init() throws { try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait() }

  @Test func aStreamIsOverWhenItsBrowserLeaves() {
    answer("text/event-stream; charset=utf-8")
    #expect(channel.isActive)
    leave()
    #expect(!channel.isActive)
  }

  @Test func aStreamForWhomHasLeftAlreadyDoesNotBegin() {
    leave()
    #expect(channel.isActive)
    answer("text/event-stream; charset=utf-8")
    #expect(!channel.isActive)
  }

  @Test(arguments: ["application/json", "text/csv; charset=utf-8"]) func otherAnswersAreGivenToTheEnd(type: String) {
    answer(type)
    leave()
    #expect(channel.isActive)
    answer(type)
    #expect(channel.isActive)
  }

  @Test func aStreamThatHasEndedKeepsItsConnection() {
    answer("text/event-stream")
    channel.write(HTTPResponsePart.end(nil), promise: nil)
    leave()
    #expect(channel.isActive)
  }

  private func answer(_ type: String) {
    channel.write(HTTPResponsePart.head(HTTPResponse(status: .ok, headerFields: [.contentType: type])), promise: nil)
  }

  private func leave() { channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
}
