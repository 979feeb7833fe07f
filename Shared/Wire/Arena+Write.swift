public import CProtobufC

/// Copies of fields where libprotobuf-c's structs can point at them. Called by generated code only.
extension Arena {
  public borrowing func string(_ text: String) -> ProtobufCBinaryData {
    let copied: ProtobufCBinaryData? = text.utf8.withContiguousStorageIfAvailable { copy(UnsafeRawBufferPointer($0)) }
    return copied ?? bytes([UInt8](text.utf8))
  }

  public borrowing func bytes(_ bytes: [UInt8]) -> ProtobufCBinaryData {
    bytes.withUnsafeBytes { copy($0) }
  }

  public borrowing func strings(_ texts: [String]) -> UnsafeMutablePointer<ProtobufCBinaryData>? {
    guard !texts.isEmpty else { return nil }
    let start = reserve(ProtobufCBinaryData.self, texts.count)
    for index in texts.indices { (start + index).initialize(to: string(texts[index])) }
    return start
  }

  public borrowing func byteStrings(_ values: [[UInt8]]) -> UnsafeMutablePointer<ProtobufCBinaryData>? {
    guard !values.isEmpty else { return nil }
    let start = reserve(ProtobufCBinaryData.self, values.count)
    for index in values.indices { (start + index).initialize(to: bytes(values[index])) }
    return start
  }

  public borrowing func bools(_ values: [Bool]) -> UnsafeMutablePointer<protobuf_c_boolean>? {
    guard !values.isEmpty else { return nil }
    let start = reserve(protobuf_c_boolean.self, values.count)
    for index in values.indices { (start + index).initialize(to: values[index] ? 1 : 0) }
    return start
  }

  public borrowing func scalars<Scalar: BitwiseCopyable>(_ values: [Scalar]) -> UnsafeMutablePointer<Scalar>? {
    guard !values.isEmpty else { return nil }
    let start = reserve(Scalar.self, values.count)
    start.initialize(from: values, count: values.count)
    return start
  }

  /// `CEnum`: the enum's type in C, four bytes.
  @inlinable
  public borrowing func values<Value: WireEnum, CEnum: RawRepresentable<UInt32>>(
    _ values: [Value], as type: CEnum.Type
  ) -> UnsafeMutablePointer<CEnum>? {
    scalars(values.map { UInt32(bitPattern: $0.rawValue) }).map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: type) }
  }

  /// `Struct`: the message's type in C.
  @inlinable
  public borrowing func message<Message: GeneratedMessage, Struct>(
    _ message: Message?, as type: Struct.Type
  ) -> UnsafeMutablePointer<Struct>? {
    guard let message else { return nil }
    let start = newMessage(Message.layout)
    message.write(to: start, in: self)
    return start.assumingMemoryBound(to: type)
  }

  @inlinable
  public borrowing func messages<Message: GeneratedMessage, Struct>(
    _ messages: [Message], as type: Struct.Type
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<Struct>?>? {
    guard !messages.isEmpty else { return nil }
    let start = newPointers(messages.count).assumingMemoryBound(to: UnsafeMutablePointer<Struct>?.self)
    for index in messages.indices { (start + index).initialize(to: message(messages[index], as: type)) }
    return start
  }

  @usableFromInline
  borrowing func newPointers(_ count: Int) -> UnsafeMutableRawPointer { allocate(count * MemoryLayout<UnsafeRawPointer>.stride) }

  private borrowing func reserve<Element>(_ type: Element.Type, _ count: Int) -> UnsafeMutablePointer<Element> {
    allocate(count * MemoryLayout<Element>.stride).bindMemory(to: type, capacity: count)
  }

  private borrowing func copy(_ bytes: UnsafeRawBufferPointer) -> ProtobufCBinaryData {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return ProtobufCBinaryData(len: 0, data: nil) }
    let start = allocate(bytes.count)
    start.copyMemory(from: source, byteCount: bytes.count)
    return ProtobufCBinaryData(len: bytes.count, data: start.assumingMemoryBound(to: UInt8.self))
  }
}
