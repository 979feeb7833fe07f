internal import CProtobufC

/// One decoding: bytes turned into libprotobuf-c's struct, which lives until `end`.
public struct Decoding: ~Copyable {
  private let arena: Arena
  /// The struct of the layout's message.
  public let message: UnsafeRawPointer

  public init(_ bytes: UnsafeRawBufferPointer, _ layout: MessageLayout) throws(WireError) {
    try WireCheck.check(bytes, layout)
    let arena = Arena(limit: WireLimits.arenaBytes(forEncodedBytes: bytes.count))
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    guard let message = protobuf_c_message_unpack(layout.descriptor, arena.allocator, bytes.count, start) else {
      throw arena.isExhausted ? .tooLarge : .malformed
    }
    self.message = UnsafeRawPointer(message)
    self.arena = arena
  }

  /// The struct and what it points at are gone after this.
  public consuming func end() {}
}
