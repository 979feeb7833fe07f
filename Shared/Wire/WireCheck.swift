internal import CProtobufC

/// Reads through encoded bytes before libprotobuf-c does, and lets pass only what it reads safely.
///
/// libprotobuf-c trusts more than a server may. It has no limit on nesting. Before 1.4.1 it added lengths in 32 bits, so that one near
/// 2³² wrapped round (CVE-2022-48468). And it does not merge a message field that is given twice as the specification says: 1.4.1 drops
/// the first one's numbers, and fails when both leave a oneof unset. Here such bytes are errors, whatever the library's version.
///
/// Stricter than the specification in three points, which no encoder emits: a known field must have its own wire type, a message
/// field outside a list may occur once only, and groups are refused.
enum WireCheck {
  /// Most fields of one message type: 128. proto/generate refuses larger ones.
  static let maxFields = 128

  static func check(_ bytes: UnsafeRawBufferPointer, _ layout: MessageLayout, maxDepth: Int = WireLimits.maxDepth) throws(WireError) {
    guard bytes.count <= Int(Int32.max) else { throw .tooLarge }
    var memoryLeft = WireLimits.arenaBytes(forEncodedBytes: bytes.count)
    try message(bytes, layout.descriptor, depthLeft: maxDepth, memoryLeft: &memoryLeft)
  }

  /// `memoryLeft`: what the structs of all messages may still take. The arena counts everything; this stops a bomb before it is lit.
  private static func message(
    _ bytes: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, depthLeft: Int, memoryLeft: inout Int
  ) throws(WireError) {
    guard depthLeft > 0 else { throw .tooDeep }
    memoryLeft -= descriptor.pointee.sizeof_message
    guard memoryLeft >= 0 else { throw .tooLarge }
    var cursor = Cursor(bytes)
    var fields = FieldFinder(descriptor)
    while !cursor.isAtEnd {
      let tag = try cursor.varint()
      guard tag <= UInt64(UInt32.max), tag >= 8 else { throw .malformed }
      let wireType = UInt32(truncatingIfNeeded: tag & 7)
      let payload = try cursor.payload(wireType)
      guard let index = fields.find(UInt32(truncatingIfNeeded: tag >> 3)) else { continue }
      let field = descriptor.pointee.fields + index
      if field.pointee.type == PROTOBUF_C_TYPE_MESSAGE {
        guard wireType == WireType.lengthPrefixed else { throw .malformed }
        if field.pointee.label != PROTOBUF_C_LABEL_REPEATED { try fields.visitOnce(index) }
        guard let inner = field.pointee.descriptor else { throw .malformed }
        try message(
          payload, inner.assumingMemoryBound(to: ProtobufCMessageDescriptor.self), depthLeft: depthLeft - 1, memoryLeft: &memoryLeft)
      } else {
        try scalar(payload, wireType, field)
      }
    }
  }

  private static func scalar(
    _ payload: UnsafeRawBufferPointer, _ wireType: UInt32, _ field: UnsafePointer<ProtobufCFieldDescriptor>
  ) throws(WireError) {
    let own = WireType.of(field.pointee.type)
    if wireType == own { return }
    guard wireType == WireType.lengthPrefixed, field.pointee.label == PROTOBUF_C_LABEL_REPEATED else { throw .malformed }
    // A packed list.
    switch own {
    case WireType.fixed32: guard payload.count % 4 == 0 else { throw .malformed }
    case WireType.fixed64: guard payload.count % 8 == 0 else { throw .malformed }
    default:
      var cursor = Cursor(payload)
      while !cursor.isAtEnd { _ = try cursor.varint() }
    }
  }
}

/// The wire types of the encoding.
enum WireType {
  static let varint: UInt32 = 0
  static let fixed64: UInt32 = 1
  static let lengthPrefixed: UInt32 = 2
  static let fixed32: UInt32 = 5

  static func of(_ type: ProtobufCType) -> UInt32 {
    switch type {
    case PROTOBUF_C_TYPE_SFIXED32, PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_FLOAT: fixed32
    case PROTOBUF_C_TYPE_SFIXED64, PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_DOUBLE: fixed64
    case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_BYTES, PROTOBUF_C_TYPE_MESSAGE: lengthPrefixed
    default: varint
    }
  }
}

/// Steps through encoded bytes and never beyond them.
private struct Cursor {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func varint() throws(WireError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < bytes.count, shift < 70 {
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw .malformed
  }

  /// The bytes of a field's value, without a length in front.
  mutating func payload(_ wireType: UInt32) throws(WireError) -> UnsafeRawBufferPointer {
    switch wireType {
    case WireType.varint:
      let start = position
      _ = try varint()
      return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    case WireType.fixed64: return try take(8)
    case WireType.fixed32: return try take(4)
    case WireType.lengthPrefixed:
      let start = position
      let length = try varint()
      // libprotobuf-c reads at most five bytes of a length.
      guard position - start <= 5, length <= UInt64(bytes.count - position) else { throw .malformed }
      return try take(Int(length))
    default: throw .malformed
    }
  }

  private mutating func take(_ count: Int) throws(WireError) -> UnsafeRawBufferPointer {
    guard count <= bytes.count - position else { throw .malformed }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }
}

/// Finds a message type's fields by number, quickly when they come in order, and remembers which came.
private struct FieldFinder {
  private let descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  private let count: Int
  private var next = 0
  private var seenLow: UInt64 = 0
  private var seenHigh: UInt64 = 0

  init(_ descriptor: UnsafePointer<ProtobufCMessageDescriptor>) {
    self.descriptor = descriptor
    count = Int(descriptor.pointee.n_fields)
  }

  mutating func find(_ number: UInt32) -> Int? {
    // In order: the same field again, or the one after it.
    for index in next..<min(next + 2, count) where descriptor.pointee.fields[index].id == number {
      next = index
      return index
    }
    // By halves: the library keeps them in order, and nobody gains by the order in which he sends them.
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if descriptor.pointee.fields[middle].id < number { low = middle + 1 } else { high = middle }
    }
    guard low < count, descriptor.pointee.fields[low].id == number else { return nil }
    next = low
    return low
  }

  mutating func visitOnce(_ index: Int) throws(WireError) {
    guard index < WireCheck.maxFields else { throw .malformed }
    let bit: UInt64 = 1 << UInt64(index & 63)
    let isSecond = (index < 64 ? seenLow : seenHigh) & bit != 0
    guard !isSecond else { throw .malformed }
    if index < 64 { seenLow |= bit } else { seenHigh |= bit }
  }
}
