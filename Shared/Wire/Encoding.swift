internal import CProtobufC

/// One encoding: libprotobuf-c's struct, to be filled, and the memory that it may point at.
///
/// The bytes are those of the other protobuf implementations, with one exception: libprotobuf-c takes −0.0 in a plain `double` field for
/// the default and leaves it out, so that it arrives as 0.0.
public struct Encoding: ~Copyable {
  public let arena: Arena
  /// The struct of the layout's message, with every field at its default.
  public let message: UnsafeMutableRawPointer

  public init(_ layout: MessageLayout) {
    let arena = Arena(limit: .max)
    message = arena.newMessage(layout)
    self.arena = arena
  }

  /// The encoded bytes behind `prefix` zero bytes.
  public consuming func end(prefix: Int) -> [UInt8] {
    let typed = message.assumingMemoryBound(to: ProtobufCMessage.self)
    let count = prefix + protobuf_c_message_get_packed_size(typed)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let start = buffer.baseAddress else { return }
      start.update(repeating: 0, count: prefix)
      initialized = prefix + protobuf_c_message_pack(typed, start + prefix)
    }
  }
}
