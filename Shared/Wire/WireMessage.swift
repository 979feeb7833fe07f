/// A protobuf message as a plain Swift value. Every type that `proto/generate` emits is one.
public protocol WireMessage: Sendable, Hashable {
  /// The full name in the contract, for instance `chengyun.intake.v1.SubmitReportRequest`.
  static var fullName: String { get }

  /// The message with every field at its default.
  init()

  /// Reads one message from its encoded bytes. Unknown fields are skipped, unknown enum values kept.
  init(decoding bytes: UnsafeRawBufferPointer) throws(WireError)

  /// The encoded bytes, with `prefix` unused zero bytes in front (room for gRPC's 5-byte frame header).
  func encoded(prefix: Int) -> [UInt8]
}

extension WireMessage {
  /// Reads one message from its encoded bytes.
  @inlinable
  public init(decoding bytes: [UInt8]) throws(WireError) {
    self = try bytes.span.bytes.withUnsafeBytes { (buffer) throws(WireError) -> Self in try Self(decoding: buffer) }
  }

  /// The encoded bytes.
  @inlinable
  public func encoded() -> [UInt8] { encoded(prefix: 0) }
}
