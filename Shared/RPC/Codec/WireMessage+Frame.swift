internal import Wire

extension WireMessage {
  /// Encoded, with gRPC's frame in front.
  func framed() -> [UInt8] {
    var frame = encoded(prefix: MessageDeframer.prefixBytes)
    MessageDeframer.writePrefix(into: &frame)
    return frame
  }

  /// A message that came over the wire.
  static func received(_ bytes: [UInt8], as code: StatusCode) throws(RPCError) -> Self {
    do throws(WireError) {
      return try Self(decoding: bytes)
    } catch {
      throw RPCError(code, "The bytes are no \(fullName): \(error)")
    }
  }
}
