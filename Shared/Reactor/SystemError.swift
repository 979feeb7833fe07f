internal import Glibc

/// A system call that failed.
public struct SystemError: Error, Hashable, CustomStringConvertible {
  /// The call, for instance "connect".
  public let operation: String
  public let errno: Int32

  /// The error that the calling thread's last system call left in `errno`.
  public init(_ operation: String) {
    self.init(operation, errno: Glibc.errno)
  }

  public init(_ operation: String, errno: Int32) {
    self.operation = operation
    self.errno = errno
  }

  public var description: String { "\(operation): \(String(cString: strerror(errno)))" }
}
