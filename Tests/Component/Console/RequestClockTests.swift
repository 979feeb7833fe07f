// Connections whose clock is the test's: who takes too long is gone, who waits for us is not.
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import ConsoleService

@Suite struct RequestClockTests {
  @Test func whoSaysNothingIsClosed() throws {
    let browser = try Browser()
    browser.pass(RequestClock.headPatience - .seconds(1))
    #expect(browser.isConnected)
    browser.pass(.seconds(1))
    #expect(!browser.isConnected)
  }

  @Test func aBodyThatDoesNotEndIsClosedHoweverMuchComes() throws {
    let browser = try Browser()
    try browser.begin()
    for _ in 0..<59 {
      browser.pass(.seconds(1))
      try browser.say(.body(ByteBuffer(string: "x")))
    }
    #expect(browser.isConnected)
    browser.pass(.seconds(1))
    #expect(!browser.isConnected)
  }

  @Test func nobodyIsClosedWhoWaitsForUs() throws {
    let browser = try Browser()
    try browser.ask()
    browser.pass(.hours(24))
    browser.channel.write(HTTPResponsePart.head(HTTPResponse(status: .ok)), promise: nil)
    browser.channel.flush()
    browser.pass(.hours(24))
    #expect(browser.isConnected, "also in the middle of a stream")
  }

  @Test func afterAnAnswerTheNextRequestIsWaitedForAndNoLonger() throws {
    let browser = try Browser()
    for _ in 0..<3 {
      try browser.ask()
      browser.pass(.hours(1))
      browser.endAnswer()
      browser.channel.flush()
      browser.pass(RequestClock.headPatience - .seconds(1))
      #expect(browser.isConnected)
    }
    browser.pass(.seconds(1))
    #expect(!browser.isConnected)
  }

  /// The channel tells that the last byte has gone, and that it can take more, in either order.
  @Test(arguments: [true, false])
  func anIdleConnectionIsClosedAlsoAfterALargeAnswer(isSentFirst: Bool) throws {
    let browser = try Browser()
    try browser.ask()
    browser.writable(false)
    browser.endAnswer()
    browser.pass(RequestClock.headPatience)
    #expect(browser.isConnected, "it is still being sent")
    if isSentFirst { browser.channel.flush() }
    browser.writable(true)
    if !isSentFirst { browser.channel.flush() }
    browser.pass(RequestClock.headPatience - .seconds(1))
    #expect(browser.isConnected)
    browser.pass(.seconds(1))
    #expect(!browser.isConnected)
  }

  @Test func whoDoesNotReadIsClosed() throws {
    let browser = try Browser()
    try browser.ask()
    browser.writable(false)
    browser.pass(RequestClock.drainPatience - .seconds(1))
    browser.writable(true)
    browser.pass(.hours(24))
    browser.writable(false)
    browser.pass(RequestClock.drainPatience - .seconds(1))
    #expect(browser.isConnected, "something was read, then the clock began anew")
    browser.pass(.seconds(1))
    #expect(!browser.isConnected)
  }

  /// An answer below the channel's mark leaves it writable.
  @Test func whoDoesNotReadASmallAnswerIsClosedToo() throws {
    let browser = try Browser()
    try browser.ask()
    browser.endAnswer()
    browser.pass(RequestClock.drainPatience - .seconds(1))
    #expect(browser.isConnected)
    browser.pass(.seconds(1))
    #expect(!browser.isConnected)
  }

  /// Neither the first answer's end nor the second request's body says anything about the second answer.
  @Test func aSecondRequestBehindTheFirstIsNotHurried() throws {
    let browser = try Browser()
    try browser.ask()
    try browser.ask()
    browser.endAnswer()
    browser.channel.flush()
    browser.pass(.hours(24))
    #expect(browser.isConnected)
    browser.endAnswer()
    browser.channel.flush()
    browser.pass(RequestClock.headPatience)
    #expect(!browser.isConnected)
  }

  @Test func aSecondRequestDoesNotExcuseWhoDoesNotRead() throws {
    let browser = try Browser()
    try browser.ask()
    browser.writable(false)
    try browser.ask()
    browser.pass(RequestClock.drainPatience)
    #expect(!browser.isConnected)
  }

  @Test func aRequestThatWasRefusedBeforeItsEndIsNotWaitedForLonger() throws {
    let browser = try Browser()
    try browser.begin()
    browser.endAnswer()
    browser.channel.flush()
    browser.pass(RequestClock.headPatience - .seconds(1))
    try browser.say(.end(nil))
    browser.pass(.seconds(1))
    #expect(!browser.isConnected)
  }
}

/// The other end of a connection in memory.
private struct Browser {
  let channel: EmbeddedChannel

  init() throws {
    channel = EmbeddedChannel(handler: RequestClock())
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
  }

  var isConnected: Bool { channel.isActive }

  func pass(_ time: TimeAmount) { channel.embeddedEventLoop.advanceTime(by: time) }

  func say(_ part: HTTPRequestPart) throws { try channel.writeInbound(part) }

  func begin() throws { try say(.head(HTTPRequest(method: .post, scheme: "http", authority: "x", path: "/"))) }

  func ask() throws {
    try begin()
    try say(.end(nil))
  }

  /// The console's last word, which has gone once the channel is flushed.
  func endAnswer() { channel.write(HTTPResponsePart.end(nil), promise: nil) }

  func writable(_ isWritable: Bool) {
    channel.isWritable = isWritable
    channel.pipeline.fireChannelWritabilityChanged()
  }
}
