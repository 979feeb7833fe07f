internal import Glibc

/// What the operator reads.
enum Terminal {
  /// To standard output.
  static func say(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

  /// To standard error: what goes wrong, and progress.
  static func warn(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  static func draw(_ text: String) { write(text, to: STDERR_FILENO) }

  static let errorIsTerminal = isatty(STDERR_FILENO) == 1

  private static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
