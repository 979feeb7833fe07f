/// What can be interpolated into `SQL`.
public protocol PostgresBindable: Sendable {
  func bind(to parameters: inout Parameters)
  static func bindNull(to parameters: inout Parameters)
}

/// What a column can be read as.
public protocol PostgresDecodable {
  init(field: Field) throws(PostgresError)
}

/// What an array may hold.
public protocol PostgresElement: Sendable {
  /// OID of the array type.
  static var arrayType: UInt32 { get }
  static func encodeArray(_ values: [Self], to writer: inout ByteWriter)
  static func decodeArray(_ field: Field) throws(PostgresError) -> [Self]
}

/// A value with one PostgreSQL type. A raw-value enum conforms by `extension Channel: PostgresScalar {}`.
public protocol PostgresScalar: PostgresBindable, PostgresDecodable, PostgresElement {
  /// OID of the type.
  static var type: UInt32 { get }
  func encode(to writer: inout ByteWriter)
}

extension PostgresScalar {
  public func bind(to parameters: inout Parameters) {
    parameters.append(Self.type) { encode(to: &$0) }
  }

  public static func bindNull(to parameters: inout Parameters) {
    parameters.appendNull(type)
  }

  public static func encodeArray(_ values: [Self], to writer: inout ByteWriter) {
    ArrayFormat.writeHeader(count: values.count, hasNulls: false, element: type, to: &writer)
    for value in values { writer.appendSized { value.encode(to: &$0) } }
  }

  public static func decodeArray(_ field: Field) throws(PostgresError) -> [Self] {
    try ArrayFormat.elements(of: field) { element throws(PostgresError) in try Self(field: element) }
  }
}

extension Optional: PostgresBindable where Wrapped: PostgresBindable {
  public func bind(to parameters: inout Parameters) {
    if let self { self.bind(to: &parameters) } else { Wrapped.bindNull(to: &parameters) }
  }

  public static func bindNull(to parameters: inout Parameters) {
    Wrapped.bindNull(to: &parameters)
  }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  public init(field: Field) throws(PostgresError) {
    self = field.bytes == nil ? nil : try Wrapped(field: field)
  }
}

extension Optional: PostgresElement where Wrapped: PostgresScalar {
  public static var arrayType: UInt32 { Wrapped.arrayType }

  public static func encodeArray(_ values: [Wrapped?], to writer: inout ByteWriter) {
    ArrayFormat.writeHeader(count: values.count, hasNulls: values.contains { $0 == nil }, element: Wrapped.type, to: &writer)
    for value in values {
      if let value { writer.appendSized { value.encode(to: &$0) } } else { writer.append(Parameters.null) }
    }
  }

  public static func decodeArray(_ field: Field) throws(PostgresError) -> [Wrapped?] {
    try ArrayFormat.elements(of: field) { element throws(PostgresError) in try Wrapped?(field: element) }
  }
}

extension Array: PostgresBindable where Element: PostgresElement {
  public func bind(to parameters: inout Parameters) {
    parameters.append(Element.arrayType) { Element.encodeArray(self, to: &$0) }
  }

  public static func bindNull(to parameters: inout Parameters) {
    parameters.appendNull(Element.arrayType)
  }
}

extension Array: PostgresDecodable where Element: PostgresElement {
  public init(field: Field) throws(PostgresError) {
    self = try Element.decodeArray(field)
  }
}

/// Enums over a scalar: stored as their raw value; a value that the enum does not know is an error.
extension PostgresScalar where Self: RawRepresentable, RawValue: PostgresScalar {
  public static var type: UInt32 { RawValue.type }
  public static var arrayType: UInt32 { RawValue.arrayType }

  public func encode(to writer: inout ByteWriter) { rawValue.encode(to: &writer) }

  public init(field: Field) throws(PostgresError) {
    guard let value = Self(rawValue: try RawValue(field: field)) else {
      throw .decoding("a stored value is none of \(Self.self)'s")
    }
    self = value
  }
}

/// One-dimensional arrays in binary: dimensions, has-nulls flag, element type, length and lower bound, then each element with its length.
enum ArrayFormat {
  static func writeHeader(count: Int, hasNulls: Bool, element: UInt32, to writer: inout ByteWriter) {
    writer.append(Int32(count == 0 ? 0 : 1))
    writer.append(Int32(hasNulls ? 1 : 0))
    writer.append(element)
    guard count > 0 else { return }
    writer.append(Int32(count))
    writer.append(Int32(1))
  }

  static func elements<Element>(
    of field: Field, _ decode: (Field) throws(PostgresError) -> Element
  ) throws(PostgresError) -> [Element] {
    var rest = UnsafeRawBufferPointer(rebasing: try field.required()[...])
    func take(_ count: Int) throws(PostgresError) -> UnsafeRawBufferPointer {
      guard count >= 0, rest.count >= count else { throw .decoding("an array is cut short") }
      defer { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
      return UnsafeRawBufferPointer(rebasing: rest[..<count])
    }
    func takeInt32() throws(PostgresError) -> Int32 { Int32(bigEndian: try take(4).loadUnaligned(as: Int32.self)) }

    let dimensions = try takeInt32()
    _ = try takeInt32()
    let type = UInt32(bitPattern: try takeInt32())
    guard dimensions > 0 else { return [] }
    guard dimensions == 1 else { throw .decoding("an array of \(dimensions) dimensions") }
    let count = Int(try takeInt32())
    _ = try takeInt32()
    var elements: [Element] = []
    elements.reserveCapacity(min(count, rest.count / 4))
    for _ in 0..<count {
      let length = try takeInt32()
      let bytes = length == Parameters.null ? nil : try take(Int(length))
      elements.append(try decode(Field(type: type, bytes: bytes)))
    }
    return elements
  }
}
