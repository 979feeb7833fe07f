internal import Glibc

/// The machine refused something, in words for the operator.
struct HostError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// What was tried, on what, and why the system refused.
  init(_ action: String, _ path: String, errno code: Int32 = errno) {
    description = "cannot \(action) \(path): \(String(cString: strerror(code)))"
  }
}
