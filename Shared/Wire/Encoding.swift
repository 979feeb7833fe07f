internal import CProtobufC

/// libprotobuf-c's struct, which a closure fills, to bytes.
public enum Encoding {
  /// The encoded bytes behind `prefix` zero bytes.
  public static func run(
    _ layout: MessageLayout, prefix: Int, _ fill: (UnsafeMutableRawPointer, borrowing Arena) -> Void
  ) -> [UInt8] {
    let arena = Arena(limit: .max)
    let message = arena.allocateMessage(layout)
    fill(message, arena)
    let typed = message.assumingMemoryBound(to: ProtobufCMessage.self)
    let count = prefix + protobuf_c_message_get_packed_size(typed)
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let start = buffer.baseAddress else { return }
      start.update(repeating: 0, count: prefix)
      initialized = prefix + protobuf_c_message_pack(typed, start + prefix)
    }
    return arena.keepAlive(bytes)
  }
}
