/// What a call's request headers say, and whether the server takes the call. Pure.
struct RequestHead {
  enum Verdict {
    case accepted(Route)
    /// Not gRPC at all: an HTTP status tells every HTTP client.
    case notGRPC(httpStatus: StaticString, RPCError)
    case refused(RPCError)
  }

  /// Where `:path` leads.
  var route: Route?
  private var isPost = false
  private var isGRPC = false
  private var foreignEncoding = false
  private var isTimeoutMalformed = false
  private var byteCount = 0
  private(set) var timeout: Duration?
  private(set) var metadata = Metadata()

  /// - Parameter limit: bytes of all fields, counted as HTTP/2 does. Beyond it fields are only counted.
  /// - Returns: true for `:path`, whose route the caller looks up.
  mutating func add(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>, limit: Int) -> Bool {
    byteCount += name.count + value.count + 32
    guard byteCount <= limit, let first = name.first else { return false }
    switch first {
    case UInt8(ascii: ":"):
      if name.equals(":path") { return true }
      if name.equals(":method") { isPost = value.equals("POST") }
    case UInt8(ascii: "t") where name.equals("te"): break
    case UInt8(ascii: "u") where name.equals("user-agent"): break
    case UInt8(ascii: "c") where name.equals("content-type"): isGRPC = RequestHead.isGRPC(value)
    case UInt8(ascii: "c") where name.equals("content-length"): break
    case UInt8(ascii: "g") where name.starts(with: "grpc-"): addProtocolField(name, value)
    default: metadata.appendReceived(name: name, value: value)
    }
    return false
  }

  private mutating func addProtocolField(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
    if name.equals("grpc-timeout") {
      timeout = TimeoutHeader.decode(value)
      isTimeoutMalformed = timeout == nil
    } else if name.equals("grpc-encoding") {
      foreignEncoding = !value.equals("identity")
    }
  }

  func verdict(limit: Int) -> Verdict {
    if byteCount > limit {
      return .refused(RPCError(.resourceExhausted, "The headers have \(byteCount) bytes; the limit is \(limit)."))
    }
    guard isPost else { return .notGRPC(httpStatus: "405", RPCError(.invalidArgument, "gRPC calls are POST requests.")) }
    guard isGRPC else { return .notGRPC(httpStatus: "415", RPCError(.invalidArgument, "The content-type must be application/grpc.")) }
    guard let route else { return .refused(RPCError(.unimplemented, "This server has no such method.")) }
    if foreignEncoding {
      var error = RPCError(.unimplemented, "Messages must not be compressed (grpc-encoding: identity).")
      error.metadata.appendProtocol("grpc-accept-encoding", "identity")
      return .refused(error)
    }
    if isTimeoutMalformed { return .refused(RPCError(.internal, "The grpc-timeout is malformed.")) }
    return .accepted(route)
  }

  /// `application/grpc`, alone or followed by `+format` or `;parameters`.
  private static func isGRPC(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    guard value.starts(with: "application/grpc") else { return false }
    return value.count == 16 || value[16] == UInt8(ascii: "+") || value[16] == UInt8(ascii: ";")
  }
}
