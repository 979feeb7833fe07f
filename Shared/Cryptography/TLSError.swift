// Why a TLS connection was lost.

/// Prints OpenSSL's reason; never holds data of the connection.
public struct TLSError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// The peer's certificate is missing a trusted authority, is out of date, or has another name than expected.
    case untrustedPeer
    /// The peer speaks none of our application protocols.
    case noCommonProtocol
    /// The peer refused us (an alert: for instance our certificate) or broke the protocol.
    case protocolViolation
    /// The connection ended in the middle of the handshake.
    case closed
    /// A system call failed, for instance with ECONNRESET.
    case system(errno: Int32)
  }
  public enum Operation: String, Sendable, Hashable { case handshake, read, write }

  public let kind: Kind
  public let operation: Operation
  public let reason: String

  init(_ kind: Kind, operation: Operation, reason: String) {
    self.kind = kind
    self.operation = operation
    self.reason = reason
  }

  public var description: String { "TLS \(operation.rawValue): \(reason)" }
}
