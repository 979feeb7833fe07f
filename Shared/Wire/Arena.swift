internal import CProtobufC

/// Short-lived memory of one decoding or encoding. Everything in it goes at once with the arena; the thread keeps one block for
/// the next message, so that steady state allocates nothing.
///
/// Generated code passes it on; nobody else needs it.
public struct Arena: ~Copyable {
  private let storage: UnsafeMutablePointer<WireArena>

  /// `limit`: the most bytes that it hands out.
  init(limit: Int) {
    guard let storage = wire_arena_take(limit) else { fatalError("no memory for a message") }
    self.storage = storage
  }

  deinit { wire_arena_release(storage) }

  /// For libprotobuf-c.
  var allocator: UnsafeMutablePointer<ProtobufCAllocator> {
    UnsafeMutableRawPointer(storage).assumingMemoryBound(to: ProtobufCAllocator.self)
  }

  /// True when something was refused because of the limit.
  var isExhausted: Bool { storage.pointee.exhausted }

  /// Memory that is not cleared; nil beyond the limit.
  func allocateWithinLimit(_ count: Int) -> UnsafeMutableRawPointer? { wire_arena_allocate(storage, count) }

  /// Memory that is not cleared. Only an encoding calls it, and that has no limit but the machine's.
  func allocate(_ count: Int) -> UnsafeMutableRawPointer {
    guard let start = allocateWithinLimit(count) else { fatalError("no memory for a message") }
    return start
  }

  /// The struct of a message with every field at its default.
  public func newMessage(_ layout: MessageLayout) -> UnsafeMutableRawPointer {
    let message = allocate(layout.descriptor.pointee.sizeof_message)
    protobuf_c_message_init(layout.descriptor, message)
    return message
  }
}
