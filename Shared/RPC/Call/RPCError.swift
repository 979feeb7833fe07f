/// A call's status other than OK. A handler throws it to choose the status; a client catches what the peer answered.
public struct RPCError: Error, Sendable, Hashable, CustomStringConvertible {
  public var code: StatusCode
  /// A sentence for the person or log at the other end. It travels: nothing personal, nothing internal. At most 4 KiB arrive.
  public var message: String
  /// Custom trailers that travel with the status.
  public var metadata: Metadata

  public init(code: StatusCode, message: String, metadata: Metadata = Metadata()) {
    self.code = code
    self.message = message
    self.metadata = metadata
  }

  public init(_ code: StatusCode, _ message: String) {
    self.init(code: code, message: message)
  }

  public var description: String { message.isEmpty ? code.description : "\(code): \(message)" }
}
