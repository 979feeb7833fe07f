/// A protobuf message as a plain Swift value. Every type that `proto/generate` emits is one.
public protocol WireMessage: Sendable, Hashable, Codable {
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
  public init(decoding bytes: [UInt8]) throws(WireError) {
    let result: Result<Self, WireError> = bytes.withUnsafeBytes { buffer in
      do throws(WireError) {
        return .success(try Self(decoding: buffer))
      } catch {
        return .failure(error)
      }
    }
    self = try result.get()
  }

  /// The encoded bytes.
  public func encoded() -> [UInt8] { encoded(prefix: 0) }
}
