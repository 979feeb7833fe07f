public import CProtobufC

/// Moves fields out of libprotobuf-c's structs. Called by generated code only; the pointers are into the arena of the decoding.
public enum WireRead {
  public static func string(_ data: ProtobufCBinaryData, _ field: StaticString) throws(WireError) -> String {
    guard data.len > 0 else { return "" }
    // Not String(validating:as:), which is generic and costs a metadata look-up each time.
    do {
      return String(copying: try UTF8Span(validating: UnsafeBufferPointer(start: data.data, count: data.len).span))
    } catch {
      throw .invalidUTF8(field: "\(field)")
    }
  }

  public static func strings(
    _ start: UnsafeMutablePointer<ProtobufCBinaryData>?, _ count: Int, _ field: StaticString
  ) throws(WireError) -> [String] {
    guard let start, count > 0 else { return [] }
    var texts: [String] = []
    texts.reserveCapacity(count)
    for index in 0..<count { texts.append(try string(start[index], field)) }
    return texts
  }

  public static func bytes(_ data: ProtobufCBinaryData) -> [UInt8] {
    [UInt8](UnsafeBufferPointer(start: data.data, count: data.len))
  }

  public static func byteStrings(_ start: UnsafeMutablePointer<ProtobufCBinaryData>?, _ count: Int) -> [[UInt8]] {
    UnsafeBufferPointer(start: start, count: start == nil ? 0 : count).map { bytes($0) }
  }

  public static func bools(_ start: UnsafeMutablePointer<protobuf_c_boolean>?, _ count: Int) -> [Bool] {
    UnsafeBufferPointer(start: start, count: start == nil ? 0 : count).map { $0 != 0 }
  }

  @inlinable
  public static func scalars<Scalar: BitwiseCopyable>(_ start: UnsafeMutablePointer<Scalar>?, _ count: Int) -> [Scalar] {
    [Scalar](UnsafeBufferPointer(start: start, count: start == nil ? 0 : count))
  }

  @inlinable
  public static func value<Value: WireEnum>(_ number: UInt32) -> Value { Value(rawValue: Int32(bitPattern: number)) }

  /// `start`: C enums, which are four bytes each.
  @inlinable
  public static func values<Value: WireEnum>(_ start: UnsafeMutableRawPointer?, _ count: Int) -> [Value] {
    guard let start, count > 0 else { return [] }
    return (0..<count).map { Value(rawValue: start.load(fromByteOffset: $0 * 4, as: Int32.self)) }
  }

  @inlinable
  public static func message<Message: GeneratedMessage>(_ start: UnsafeMutableRawPointer?) throws(WireError) -> Message? {
    guard let start else { return nil }
    return try Message(reading: start)
  }

  /// A oneof's member that the oneof says is there.
  @inlinable
  public static func member<Message: GeneratedMessage>(_ start: UnsafeMutableRawPointer?) throws(WireError) -> Message {
    guard let start else { throw .malformed }
    return try Message(reading: start)
  }

  /// `start`: pointers to the messages' structs.
  @inlinable
  public static func messages<Message: GeneratedMessage>(
    _ start: UnsafeMutableRawPointer?, _ count: Int
  ) throws(WireError) -> [Message] {
    guard let start, count > 0 else { return [] }
    let pointers = start.assumingMemoryBound(to: UnsafeRawPointer.self)
    var messages: [Message] = []
    messages.reserveCapacity(count)
    for index in 0..<count { messages.append(try Message(reading: pointers[index])) }
    return messages
  }
}
