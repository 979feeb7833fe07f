public import CityModel

/// OIDs of PostgreSQL's own types (pg_type.dat).
enum TypeID {
  static let bool: UInt32 = 16
  static let bytea: UInt32 = 17
  static let int8: UInt32 = 20
  static let int2: UInt32 = 21
  static let int4: UInt32 = 23
  static let text: UInt32 = 25
  static let oid: UInt32 = 26
  static let float4: UInt32 = 700
  static let float8: UInt32 = 701
  static let date: UInt32 = 1082
  static let timestamp: UInt32 = 1114
  static let timestamptz: UInt32 = 1184
  static let interval: UInt32 = 1186
  static let numeric: UInt32 = 1700
  static let uuid: UInt32 = 2950
  static let jsonb: UInt32 = 3802
  static let xid8: UInt32 = 5069
  /// name, json, xml, unknown, bpchar, varchar: their binary form is their text.
  static let otherTexts: Set<UInt32> = [19, 114, 142, 705, 1042, 1043]
  /// Types that a database defines itself (enums, PostGIS) begin here.
  static let firstUserDefined: UInt32 = 16_384
}

/// PostgreSQL counts from 2000-01-01.
enum PostgresEpoch {
  static let microseconds: Int64 = 946_684_800_000_000
  static let days = 10_957
}

extension Bool: PostgresScalar {
  public static var type: UInt32 { TypeID.bool }
  public static var arrayType: UInt32 { 1000 }
  public func encode(to writer: inout ByteWriter) { writer.append(UInt8(self ? 1 : 0)) }
  public init(field: Field) throws(PostgresError) {
    guard field.type == TypeID.bool else { throw field.mismatch("Bool") }
    self = try field.integer(UInt8.self) != 0
  }
}

extension Int16: PostgresScalar {
  public static var type: UInt32 { TypeID.int2 }
  public static var arrayType: UInt32 { 1005 }
  public func encode(to writer: inout ByteWriter) { writer.append(self) }
  public init(field: Field) throws(PostgresError) { self = try field.anyInteger() }
}

extension Int32: PostgresScalar {
  public static var type: UInt32 { TypeID.int4 }
  public static var arrayType: UInt32 { 1007 }
  public func encode(to writer: inout ByteWriter) { writer.append(self) }
  public init(field: Field) throws(PostgresError) { self = try field.anyInteger() }
}

extension Int64: PostgresScalar {
  public static var type: UInt32 { TypeID.int8 }
  public static var arrayType: UInt32 { 1016 }
  public func encode(to writer: inout ByteWriter) { writer.append(self) }
  public init(field: Field) throws(PostgresError) { self = try field.anyInteger() }
}

extension Int: PostgresScalar {
  public static var type: UInt32 { TypeID.int8 }
  public static var arrayType: UInt32 { 1016 }
  public func encode(to writer: inout ByteWriter) { writer.append(Int64(self)) }
  public init(field: Field) throws(PostgresError) { self = try field.anyInteger() }
}

extension Float: PostgresScalar {
  public static var type: UInt32 { TypeID.float4 }
  public static var arrayType: UInt32 { 1021 }
  public func encode(to writer: inout ByteWriter) { writer.append(bitPattern) }
  public init(field: Field) throws(PostgresError) {
    guard field.type == TypeID.float4 else { throw field.mismatch("Float") }
    self.init(bitPattern: try field.integer())
  }
}

extension Double: PostgresScalar {
  public static var type: UInt32 { TypeID.float8 }
  public static var arrayType: UInt32 { 1022 }
  public func encode(to writer: inout ByteWriter) { writer.append(bitPattern) }
  public init(field: Field) throws(PostgresError) {
    switch field.type {
    case TypeID.float8: self.init(bitPattern: try field.integer())
    case TypeID.float4: self.init(Float(bitPattern: try field.integer()))
    case TypeID.numeric: self = try Numeric(field).double
    default: throw field.mismatch("Double")
    }
  }
}

extension String: PostgresScalar {
  public static var type: UInt32 { TypeID.text }
  public static var arrayType: UInt32 { 1009 }
  public func encode(to writer: inout ByteWriter) { writer.append(contentsOf: utf8) }
  public init(field: Field) throws(PostgresError) {
    var bytes = try field.required()
    switch field.type {
    case TypeID.text: break
    case TypeID.jsonb where bytes.first == 1: bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    case let type where TypeID.otherTexts.contains(type) || type >= TypeID.firstUserDefined: break
    default: throw field.mismatch("String")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .decoding("text that is not UTF-8") }
    self = text
  }
}

extension Identifier: PostgresScalar {
  public static var type: UInt32 { TypeID.uuid }
  public static var arrayType: UInt32 { 2951 }
  public func encode(to writer: inout ByteWriter) {
    writer.append(high)
    writer.append(low)
  }
  public init(field: Field) throws(PostgresError) {
    let bytes = try field.required()
    guard field.type == TypeID.uuid, bytes.count == 16 else { throw field.mismatch("Identifier") }
    self.init(
      high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
      low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }
}

/// `timestamptz`. PostgreSQL's infinities are `distantPast` and `distantFuture`; what lies before its first day is sent as that day.
extension Instant: PostgresScalar {
  public static var type: UInt32 { TypeID.timestamptz }
  public static var arrayType: UInt32 { 1185 }
  public func encode(to writer: inout ByteWriter) {
    writer.append(max(microseconds, Instant.distantPast.microseconds) - PostgresEpoch.microseconds)
  }
  public init(field: Field) throws(PostgresError) {
    guard field.type == TypeID.timestamptz || field.type == TypeID.timestamp else { throw field.mismatch("Instant") }
    let stored: Int64 = try field.integer()
    switch stored {
    case .max: self = .distantFuture
    case .min: self = .distantPast
    default: self = Instant(microseconds: stored) + .microseconds(PostgresEpoch.microseconds)
    }
  }
}

extension LocalDate: PostgresScalar {
  public static var type: UInt32 { TypeID.date }
  public static var arrayType: UInt32 { 1182 }
  public func encode(to writer: inout ByteWriter) { writer.append(Int32(daysSinceEpoch - PostgresEpoch.days)) }
  public init(field: Field) throws(PostgresError) {
    guard field.type == TypeID.date else { throw field.mismatch("LocalDate") }
    let stored: Int32 = try field.integer()
    guard stored != .max, stored != .min else { throw .decoding("an infinite date") }
    self.init(daysSinceEpoch: Int(stored) + PostgresEpoch.days)
  }
}

/// `interval`, of microseconds alone: months and days have no fixed length.
extension Duration: PostgresScalar {
  public static var type: UInt32 { TypeID.interval }
  public static var arrayType: UInt32 { 1187 }
  public func encode(to writer: inout ByteWriter) {
    writer.append(wholeMicroseconds)
    writer.append(Int32(0))
    writer.append(Int32(0))
  }
  public init(field: Field) throws(PostgresError) {
    let bytes = try field.required()
    guard field.type == TypeID.interval, bytes.count == 16 else { throw field.mismatch("Duration") }
    guard bytes.loadUnaligned(fromByteOffset: 12, as: Int32.self) == 0 else { throw .decoding("an interval with months") }
    let days = Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: Int32.self))
    self = .microseconds(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))) + .seconds(Int64(days) * 86_400)
  }
}

/// `xid8`: a transaction's number with its epoch, so that it never wraps.
public struct TransactionNumber: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension TransactionNumber: PostgresScalar {
  public static var type: UInt32 { TypeID.xid8 }
  public static var arrayType: UInt32 { 271 }
  public func encode(to writer: inout ByteWriter) { writer.append(rawValue) }
  public init(field: Field) throws(PostgresError) {
    guard field.type == TypeID.xid8 else { throw field.mismatch("TransactionNumber") }
    self.init(rawValue: try field.integer())
  }
}

/// `bytea` is an array of bytes in Swift and a scalar in PostgreSQL. A type of an extension (PostGIS) can be read as its bytes.
extension UInt8: PostgresElement {
  public static var arrayType: UInt32 { TypeID.bytea }
  public static func encodeArray(_ values: [UInt8], to writer: inout ByteWriter) { writer.append(contentsOf: values) }
  public static func decodeArray(_ field: Field) throws(PostgresError) -> [UInt8] {
    guard field.type == TypeID.bytea || field.type >= TypeID.firstUserDefined else { throw field.mismatch("bytes") }
    return Array(try field.required())
  }
}

/// `bytea[]`.
extension Array: PostgresElement where Element == UInt8 {
  public static var arrayType: UInt32 { 1001 }

  public static func encodeArray(_ values: [[UInt8]], to writer: inout ByteWriter) {
    ArrayFormat.writeHeader(count: values.count, hasNulls: false, element: TypeID.bytea, to: &writer)
    for value in values { writer.appendSized { $0.append(contentsOf: value) } }
  }

  public static func decodeArray(_ field: Field) throws(PostgresError) -> [[UInt8]] {
    try ArrayFormat.elements(of: field) { element throws(PostgresError) in try UInt8.decodeArray(element) }
  }
}

extension Field {
  /// An integer column of any width, or a numeric without a fraction (what `sum(bigint)` gives), if the value fits.
  func anyInteger<Integer: FixedWidthInteger>() throws(PostgresError) -> Integer {
    let wide: Int64
    switch type {
    case TypeID.int8: wide = try integer()
    case TypeID.int4: wide = Int64(try integer(Int32.self))
    case TypeID.int2: wide = Int64(try integer(Int16.self))
    case TypeID.oid: wide = Int64(try integer(UInt32.self))
    case TypeID.numeric: wide = try Numeric(self).integer
    default: throw mismatch("\(Integer.self)")
    }
    guard let value = Integer(exactly: wide) else { throw .decoding("an integer that does not fit \(Integer.self)") }
    return value
  }
}
