internal import CProtobufC

/// Bytes to libprotobuf-c's struct, for as long as a closure reads it.
public enum Decoding {
  /// - Throws: before `body` when the bytes are no such message, else what `body` throws.
  public static func run<Message>(
    _ bytes: UnsafeRawBufferPointer, _ layout: MessageLayout, _ body: (UnsafeRawPointer) throws(WireError) -> Message
  ) throws(WireError) -> Message {
    try WireCheck.check(bytes, layout)
    let arena = Arena(limit: WireLimits.arenaBytes(forEncodedBytes: bytes.count))
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    guard let message = protobuf_c_message_unpack(layout.descriptor, arena.allocator, bytes.count, start) else {
      throw arena.isExhausted ? .tooLarge : .malformed
    }
    let result = try body(UnsafeRawPointer(message))
    return arena.keepAlive(result)
  }
}
