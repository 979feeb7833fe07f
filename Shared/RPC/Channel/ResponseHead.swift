/// What a server's headers and trailers say. Pure.
struct ResponseHead {
  private var httpStatus = 0
  private var isGRPC = false
  private var foreignEncoding = false
  private var statusCode: Int?
  private var message = ""
  private var metadata = Metadata()
  private var byteCount = 0
  /// The response's own headers have come (1xx don't count).
  private(set) var hasBegun = false

  mutating func add(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>, limit: Int) {
    byteCount += name.count + value.count + 32
    guard byteCount <= limit else { return }
    if name.equals(":status") {
      httpStatus = ResponseHead.number(value) ?? 0
    } else if name.equals("content-type") {
      isGRPC = value.starts(with: "application/grpc")
    } else if name.starts(with: "grpc-") {
      if name.equals("grpc-status") {
        statusCode = ResponseHead.number(value) ?? StatusCode.unknown.rawValue
      } else if name.equals("grpc-message") {
        message = PercentEncoding.decode(value)
      } else if name.equals("grpc-encoding") {
        foreignEncoding = !value.equals("identity")
      }
    } else if hasBegun {
      metadata.appendReceived(name: name, value: value)
    } else {
      initialMetadata.appendReceived(name: name, value: value)
    }
  }

  /// Custom headers before the messages. In a trailers-only answer they are the trailers.
  private var initialMetadata = Metadata()

  enum Step {
    case wait
    /// The call's status, and whether the server may go on talking: nil inside is OK.
    case end(RPCError?)
  }

  /// After a complete header block.
  mutating func headersReceived(endStream: Bool, limit: Int) -> Step {
    if byteCount > limit {
      return .end(RPCError(.resourceExhausted, "The answer's headers have \(byteCount) bytes; the limit is \(limit)."))
    }
    if hasBegun { return endStream ? .end(status(metadata)) : .wait }
    if (100..<200).contains(httpStatus) {
      self = ResponseHead()
      return .wait
    }
    hasBegun = true
    if statusCode != nil, endStream { return .end(status(initialMetadata)) }
    guard httpStatus == 200 else { return .end(RPCError(StatusCode(httpStatus: httpStatus), "The server answered HTTP \(httpStatus).")) }
    guard isGRPC else { return .end(RPCError(.unknown, "The server's answer is not gRPC.")) }
    if foreignEncoding { return .end(RPCError(.internal, "The answer is compressed, which was not asked for.")) }
    return endStream ? .end(ResponseHead.missing) : .wait
  }

  /// The answer ended without trailers.
  static let missing = RPCError(.internal, "The server ended the call without a status.")

  private func status(_ metadata: Metadata) -> RPCError? {
    guard let statusCode else { return ResponseHead.missing }
    if statusCode == 0 { return nil }
    return RPCError(code: StatusCode(rawValue: statusCode) ?? .unknown, message: message, metadata: metadata)
  }

  /// At most three digits.
  private static func number(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
    guard (1...3).contains(text.count) else { return nil }
    var number = 0
    for byte in text {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      number = number * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return number
  }
}
