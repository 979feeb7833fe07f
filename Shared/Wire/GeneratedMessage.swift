internal import CProtobufC

/// How libprotobuf-c lays a message out in memory.
public struct MessageLayout: @unchecked Sendable {
  // Unchecked: it points at a constant of the program.
  let descriptor: UnsafePointer<ProtobufCMessageDescriptor>

  /// `descriptor`: a `ProtobufCMessageDescriptor` that protoc-c emitted.
  public init(descriptor: UnsafeRawPointer) {
    self.descriptor = descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
  }
}

/// The part of a message type that `proto/generate` writes: moving its fields out of libprotobuf-c's struct and into it.
/// Nothing else calls it.
public protocol GeneratedMessage: WireMessage {
  static var layout: MessageLayout { get }

  /// Takes the fields from the struct of this type's layout at `message`.
  init(reading message: UnsafeRawPointer) throws(WireError)

  /// Puts the fields into the struct at `message`, which holds the layout's defaults; what they point at goes into the arena.
  func write(to message: UnsafeMutableRawPointer, in arena: borrowing Arena)
}

extension GeneratedMessage {
  @inlinable
  public init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let decoding = try Decoding(bytes, Self.layout)
    do throws(WireError) {
      self = try Self(reading: decoding.message)
    } catch {
      decoding.end()
      throw error
    }
    decoding.end()
  }

  @inlinable
  public func encoded(prefix: Int) -> [UInt8] {
    let encoding = Encoding(Self.layout)
    write(to: encoding.message, in: encoding.arena)
    return encoding.end(prefix: prefix)
  }
}
