internal import Glibc

/// Holds a folder for one process. The kernel lets go when the process ends, however it ends.
final class LockFile: Sendable {
  private let descriptor: Int32

  /// Nil when another process holds it.
  init?(_ path: String) throws(HostError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw HostError("open", path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      if code == EWOULDBLOCK { return nil }
      throw HostError("lock", path, errno: code)
    }
    self.descriptor = descriptor
    let text = Array("\(getpid())\n".utf8)
    _ = ftruncate(descriptor, 0)
    _ = pwrite(descriptor, text, text.count, 0)
  }

  deinit { close(descriptor) }

  /// The process that wrote itself into the file last.
  static func holder(_ path: String) -> Int32? {
    Files.readText(path).flatMap { Int32($0.prefix { $0.isNumber }) }
  }

  /// Whether somebody holds it now.
  static func isHeld(_ path: String) -> Bool {
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
    return false
  }
}
