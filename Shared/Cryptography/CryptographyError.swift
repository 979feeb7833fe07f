// What can go wrong in this module outside a TLS connection, in OpenSSL's own words.
internal import COpenSSL

/// A refused key, certificate or sealed field. Never holds the data itself.
public struct CryptographyError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was being done, for instance "read certificate".
  public let operation: String
  /// Why it failed, for instance OpenSSL's reason.
  public let reason: String

  public init(operation: String, reason: String) {
    self.operation = operation
    self.reason = reason
  }

  public var description: String { "\(operation): \(reason)" }

  /// The error at the head of OpenSSL's queue; the queue is empty afterwards.
  static func current(_ operation: String) -> CryptographyError {
    CryptographyError(operation: operation, reason: ErrorQueue.drain() ?? "no reason given")
  }
}

/// OpenSSL keeps errors in a queue a thread. Left-overs there would be taken for the next operation's, so each user empties it.
enum ErrorQueue {
  static func clear() { ERR_clear_error() }

  /// The first (deepest) reason in the queue; nil when it is empty.
  static func drain() -> String? {
    let code = ERR_get_error()
    ERR_clear_error()
    guard code != 0 else { return nil }
    return ERR_reason_error_string(code).map { String(cString: $0) } ?? "code \(code)"
  }
}

/// Unwraps what an OpenSSL constructor answers.
func require(_ pointer: OpaquePointer?, _ operation: String) throws(CryptographyError) -> OpaquePointer {
  guard let pointer else { throw .current(operation) }
  return pointer
}

/// Checks OpenSSL's usual success code, 1.
func require(_ result: some BinaryInteger, _ operation: String) throws(CryptographyError) {
  guard result == 1 else { throw .current(operation) }
}
