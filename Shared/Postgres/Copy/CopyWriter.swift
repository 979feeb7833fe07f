public import CityModel

/// Writes rows in the binary COPY format straight into memory: one store a value, no allocation a value or a row.
///
/// Each row is `startRow()` and then one `append` a column, in the target's order and with exactly its types. Anything else is a
/// programmer's error and stops the program.
public struct CopyWriter: ~Copyable {
  @usableFromInline var base: UnsafeMutableRawPointer
  @usableFromInline var count: Int
  @usableFromInline var capacity: Int
  @usableFromInline var missing = 0
  @usableFromInline let columns: Int
  /// Rows that have been started.
  public private(set) var rows = 0
  private let limit: Int
  /// The rows went beyond the limit: `finish` will refuse them, and meanwhile they are written over each other.
  private var isTooLarge = false

  /// "PGCOPY\n\377\r\n\0", no flags, no extension (PostgreSQL manual, COPY, Binary Format).
  private static let header: [UInt8] = Array("PGCOPY\n".utf8) + [0xff, 0x0d, 0x0a, 0x00, 0, 0, 0, 0, 0, 0, 0, 0]
  private static let firstCapacity = 64 << 10

  init(columns: Int, limit: Int) {
    self.columns = columns
    self.limit = limit
    let base = UnsafeMutableRawPointer.allocate(byteCount: Self.firstCapacity, alignment: 16)
    Self.header.withUnsafeBytes { base.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    self.base = base
    capacity = Self.firstCapacity
    count = Self.header.count
  }

  deinit { base.deallocate() }

  /// Begins a row. The one before must be complete.
  public mutating func startRow() {
    precondition(missing == 0, "a row of COPY lacks columns")
    missing = columns
    rows += 1
    if count > limit {
      isTooLarge = true
      count = Self.header.count
    }
    reserve(2 + 24 * columns)
    base.storeBytes(of: Int16(columns).bigEndian, toByteOffset: count, as: Int16.self)
    count += 2
  }

  @inlinable public mutating func append(_ value: Int64) { store(value) }
  @inlinable public mutating func append(_ value: Int32) { store(value) }
  @inlinable public mutating func append(_ value: Int16) { store(value) }
  /// A bigint.
  @inlinable public mutating func append(_ value: Int) { store(Int64(value)) }
  @inlinable public mutating func append(_ value: Double) { store(value.bitPattern) }
  @inlinable public mutating func append(_ value: Float) { store(value.bitPattern) }
  @inlinable public mutating func append(_ value: Bool) { store(UInt8(value ? 1 : 0)) }
  /// A timestamptz.
  @inlinable public mutating func append(_ value: Instant) { store(value.microseconds &- 946_684_800_000_000) }
  /// A uuid.
  @inlinable public mutating func append(_ value: Identifier) {
    begin(16)
    base.storeBytes(of: value.high.bigEndian, toByteOffset: count, as: UInt64.self)
    base.storeBytes(of: value.low.bigEndian, toByteOffset: count + 8, as: UInt64.self)
    count += 16
  }
  /// A date.
  public mutating func append(_ value: LocalDate) { store(Int32(value.daysSinceEpoch - PostgresEpoch.days)) }

  /// A text.
  public mutating func append(_ value: String) {
    var value = value
    value.withUTF8 { store(UnsafeRawBufferPointer($0)) }
  }

  /// A bytea, or the binary form of any other type.
  public mutating func append(_ value: [UInt8]) { value.withUnsafeBytes { store($0) } }

  public mutating func appendNull() {
    take()
    reserve(4)
    base.storeBytes(of: Int32(-1), toByteOffset: count, as: Int32.self)
    count += 4
  }

  @inlinable public mutating func append(_ value: Double?) { if let value { append(value) } else { appendNull() } }
  @inlinable public mutating func append(_ value: Int64?) { if let value { append(value) } else { appendNull() } }
  public mutating func append(_ value: String?) { if let value { append(value) } else { appendNull() } }
  public mutating func append(_ value: Instant?) { if let value { append(value) } else { appendNull() } }
  public mutating func append(_ value: Identifier?) { if let value { append(value) } else { appendNull() } }

  // MARK: Bytes

  @inlinable mutating func store<Integer: FixedWidthInteger>(_ value: Integer) {
    begin(MemoryLayout<Integer>.size)
    base.storeBytes(of: value.bigEndian, toByteOffset: count, as: Integer.self)
    count += MemoryLayout<Integer>.size
  }

  private mutating func store(_ bytes: UnsafeRawBufferPointer) {
    begin(bytes.count)
    if let address = bytes.baseAddress { (base + count).copyMemory(from: address, byteCount: bytes.count) }
    count += bytes.count
  }

  /// The length of a value, and room for the value.
  @usableFromInline mutating func begin(_ size: Int) {
    take()
    reserve(4 + size)
    base.storeBytes(of: Int32(size).bigEndian, toByteOffset: count, as: Int32.self)
    count += 4
  }

  @inlinable mutating func take() {
    precondition(missing > 0, "a row of COPY has too many columns")
    missing -= 1
  }

  @inlinable mutating func reserve(_ more: Int) {
    if capacity - count < more { grow(more) }
  }

  @usableFromInline mutating func grow(_ more: Int) {
    let larger = max(2 * capacity, count + more)
    let new = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    new.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = new
    capacity = larger
  }

  /// The bytes with the trailer; the caller frees them.
  mutating func finish() throws(PostgresError) -> (UnsafeMutablePointer<CChar>, Int) {
    precondition(missing == 0, "a row of COPY lacks columns")
    guard !isTooLarge, count <= limit else { throw PostgresError(.overloaded, "COPY of more than \(limit) bytes, its limit") }
    reserve(2)
    base.storeBytes(of: Int16(-1), toByteOffset: count, as: Int16.self)
    let length = count + 2
    let finished = base.bindMemory(to: CChar.self, capacity: length)
    base = .allocate(byteCount: 1, alignment: 1)
    (count, capacity) = (0, 1)
    return (finished, length)
  }
}
