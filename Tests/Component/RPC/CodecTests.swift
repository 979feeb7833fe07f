import TestKit
import Testing

@testable import RPC

@Suite struct TimeoutHeaderTests {
  @Test(arguments: [
    ("1H", Duration.seconds(3_600)), ("2M", .seconds(120)), ("3S", .seconds(3)), ("40m", .milliseconds(40)), ("5u", .microseconds(5)),
    ("99999999n", .nanoseconds(99_999_999)), ("99999999H", .seconds(99_999_999 * 3_600)),
  ])
  func decodes(text: String, expected: Duration) {
    #expect(Array(text.utf8).withUnsafeBufferPointer { TimeoutHeader.decode($0) } == expected)
  }

  @Test(arguments: ["", "S", "1", "123456789S", "-1S", "1s", "1.5S", "1 S", " 1S"])
  func refuses(text: String) {
    #expect(Array(text.utf8).withUnsafeBufferPointer { TimeoutHeader.decode($0) } == nil)
  }

  @Test(arguments: [
    (UInt64(0), "1n"), (1, "1n"), (99_999_999, "99999999n"), (100_000_000, "100000u"), (30_000_000_000, "30000000u"),
    (100_000_000_001, "100001m"), (.max, "18446745S"),
  ])
  func encodesRoundedUp(nanoseconds: UInt64, expected: String) {
    let text = String(decoding: TimeoutHeader.encode(nanoseconds: nanoseconds), as: UTF8.self)
    #expect(text.count <= 9)
    if nanoseconds == .max { #expect(text.last == "M" || text.last == "S" || text.last == "H") } else { #expect(text == expected) }
  }

  @Test func aRoundTripNeverShortens() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      let nanoseconds = UInt64.random(in: 1..<(1 << UInt64.random(in: 1..<60)), using: &generator)
      let decoded = TimeoutHeader.encode(nanoseconds: nanoseconds).withUnsafeBufferPointer { TimeoutHeader.decode($0) }
      #expect(decoded.map { $0 >= .nanoseconds(Int64(nanoseconds)) } == true, "\(nanoseconds)")
    }
  }
}

@Suite struct TextEncodingTests {
  @Test(arguments: [
    ("plain text", "plain text"), ("100%", "100%25"), ("城", "%E5%9F%8E"), ("a\nb", "a%0Ab"), ("", ""), ("~ !", "~ !"),
  ])
  func percentEncodes(plain: String, encoded: String) {
    #expect(String(decoding: PercentEncoding.encode(plain, limit: .max), as: UTF8.self) == encoded)
    #expect(Array(encoded.utf8).withUnsafeBufferPointer { PercentEncoding.decode($0) } == plain)
  }

  @Test(arguments: [("%", "%"), ("%4", "%4"), ("%zz%41", "%zzA"), ("%e5%9f%8e", "城"), ("%ff", "\u{fffd}")])
  func brokenPercentStays(encoded: String, plain: String) {
    #expect(Array(encoded.utf8).withUnsafeBufferPointer { PercentEncoding.decode($0) } == plain)
  }

  /// RFC 4648 §10.
  @Test(arguments: [
    ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
  ])
  func base64(plain: String, encoded: String) {
    #expect(String(decoding: Base64.encode(Array(plain.utf8)), as: UTF8.self) == encoded)
    #expect(Array(encoded.utf8).withUnsafeBufferPointer { Base64.decode($0) } == Array(plain.utf8))
    let padded = encoded + String(repeating: "=", count: (4 - encoded.count % 4) % 4)
    #expect(Array(padded.utf8).withUnsafeBufferPointer { Base64.decode($0) } == Array(plain.utf8))
  }

  @Test(arguments: ["A", "A===", "Zm9v*", "Zm 9v", "=Zg"])
  func notBase64(text: String) {
    #expect(Array(text.utf8).withUnsafeBufferPointer { Base64.decode($0) } == nil)
  }

  @Test func base64AnyBytes() {
    for count in 0..<70 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255) }
      #expect(Base64.encode(bytes).withUnsafeBufferPointer { Base64.decode($0) } == bytes)
    }
  }
}

@Suite struct MessageDeframerTests {
  private func frame(_ message: [UInt8]) -> [UInt8] {
    var frame = [0, 0, 0, 0, 0] + message
    MessageDeframer.writePrefix(into: &frame)
    return frame
  }

  /// However the bytes are cut, the same messages come out.
  @Test func cutsDoNotMatter() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SplitMix(seed)
    for _ in 0..<300 {
      let messages = (0..<Int.random(in: 0..<6, using: &generator)).map { _ in
        (0..<Int.random(in: 0..<40, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
      }
      let bytes = messages.flatMap { frame($0) }
      for message in messages {
        var deframer = MessageDeframer(limit: 100)
        #expect(frame(message).withUnsafeBytes { deframer.receiveWhole($0) } == message, "seed \(seed)")
        #expect((frame(message) + [0]).withUnsafeBytes { deframer.receiveWhole($0) } == nil, "seed \(seed)")
      }
      var deframer = MessageDeframer(limit: 100)
      var received: [[UInt8]] = []
      var place = 0
      while place < bytes.count {
        let end = min(bytes.count, place + Int.random(in: 1...9, using: &generator))
        try bytes[place..<end].withUnsafeBytes { chunk in try deframer.receive(chunk) { received.append($0) } }
        place = end
      }
      #expect(received == messages, "seed \(seed)")
      #expect(!deframer.isInsideMessage, "seed \(seed)")
    }
  }

  @Test func noticesAnUnfinishedMessage() throws {
    var deframer = MessageDeframer(limit: 100)
    try frame([1, 2, 3]).dropLast().withUnsafeBytes { try deframer.receive($0) { _ in Issue.record("not complete") } }
    #expect(deframer.isInsideMessage)
  }

  @Test(arguments: [
    ([0, 0, 0, 0, 101] as [UInt8], MessageDeframer.Failure.tooLarge(bytes: 101, limit: 100)),
    ([0, 255, 255, 255, 255], .tooLarge(bytes: 4_294_967_295, limit: 100)), ([1, 0, 0, 0, 1, 7], .compressed),
    ([2, 0, 0, 0, 0], .malformed),
  ])
  func refuses(bytes: [UInt8], failure: MessageDeframer.Failure) {
    var deframer = MessageDeframer(limit: 100)
    #expect(throws: failure) { try bytes.withUnsafeBytes { try deframer.receive($0) { _ in } } }
  }
}
