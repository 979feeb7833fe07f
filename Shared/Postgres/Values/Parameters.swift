/// The bound values of one statement: their types, their lengths, and their bytes one after the other.
public struct Parameters: Sendable {
  /// What stands for NULL in `lengths`.
  static let null: Int32 = -1

  var types: [UInt32] = []
  var lengths: [Int32] = []
  var bytes: [UInt8] = []

  var count: Int { types.count }

  /// Appends one parameter whose bytes `encode` writes.
  mutating func append(_ type: UInt32, _ encode: (inout ByteWriter) -> Void) {
    var writer = ByteWriter(bytes: bytes)
    bytes = []
    let start = writer.bytes.count
    encode(&writer)
    bytes = writer.bytes
    types.append(type)
    lengths.append(Int32(bytes.count - start))
  }

  mutating func appendNull(_ type: UInt32) {
    types.append(type)
    lengths.append(Self.null)
  }

  mutating func append(_ others: Parameters) {
    types += others.types
    lengths += others.lengths
    bytes += others.bytes
  }

  /// What libpq wants: a pointer, a length and a format (1, binary) a parameter. Valid inside `body` only.
  func withPointers<Result>(
    _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<Int32>, UnsafePointer<Int32>) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count + 1) { values in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: count + 1) { formats in
        bytes.withUnsafeBytes { bytes in
          // Never nil for an empty value: libpq takes nil for NULL.
          let somewhere = UnsafePointer(formats.baseAddress!).withMemoryRebound(to: CChar.self, capacity: 1) { $0 }
          let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) ?? somewhere
          var offset = 0
          for index in 0..<count {
            values.initializeElement(at: index, to: lengths[index] == Self.null ? nil : base + offset)
            formats.initializeElement(at: index, to: 1)
            offset += Int(max(0, lengths[index]))
          }
          return lengths.withUnsafeBufferPointer { lengths in
            body(values.baseAddress!, lengths.baseAddress ?? UnsafePointer(formats.baseAddress!), formats.baseAddress!)
          }
        }
      }
    }
  }
}

/// Appends values in network order, as PostgreSQL's binary formats want them.
public struct ByteWriter {
  var bytes: [UInt8]

  public mutating func append<Integer: FixedWidthInteger>(_ value: Integer) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  public mutating func append(contentsOf other: some Sequence<UInt8>) {
    bytes.append(contentsOf: other)
  }

  /// A length, then that many bytes: how values stand inside arrays.
  mutating func appendSized(_ encode: (inout ByteWriter) -> Void) {
    let start = bytes.count
    append(Int32(0))
    encode(&self)
    let length = Int32(bytes.count - start - 4)
    withUnsafeBytes(of: length.bigEndian) { length in
      for index in 0..<4 { bytes[start + index] = length[index] }
    }
  }
}

/// One value of a result in PostgreSQL's binary form.
public struct Field {
  /// The type's OID.
  public let type: UInt32
  /// Nil for NULL. Valid only while the value is decoded.
  public let bytes: UnsafeRawBufferPointer?

  /// The bytes of a value that must be there.
  func required() throws(PostgresError) -> UnsafeRawBufferPointer {
    guard let bytes else { throw .decoding("NULL where a value is expected") }
    return bytes
  }

  /// A big-endian integer that fills the field.
  func integer<Integer: FixedWidthInteger>(_: Integer.Type = Integer.self) throws(PostgresError) -> Integer {
    let bytes = try required()
    guard bytes.count == MemoryLayout<Integer>.size else {
      throw .decoding("\(bytes.count) bytes where \(MemoryLayout<Integer>.size) are expected")
    }
    return Integer(bigEndian: bytes.loadUnaligned(as: Integer.self))
  }

  func mismatch(_ wanted: String) -> PostgresError {
    .decoding("a column of type \(type) is not read as \(wanted)")
  }
}
