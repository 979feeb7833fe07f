internal import Glibc

/// Holds a folder for one process. The kernel lets go when the process ends, however it ends.
///
/// The lock is one of an open file description (fcntl(2)): whether it is held can be asked without taking it, so that a `status` never
/// keeps an `up` from starting.
final class LockFile: Sendable {
  /// F_OFD_GETLK, F_OFD_SETLK and F_OFD_SETLKW of <fcntl.h>, which Swift's Glibc does not show.
  static let (ask, take, takeWaiting): (Int32, Int32, Int32) = (36, 37, 38)

  private let descriptor: Int32

  /// Nil when another process holds it.
  init?(_ path: String) throws(HostError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw HostError("open", path) }
    var whole = Self.wholeFile
    guard fcntl(descriptor, Self.take, &whole) == 0 else {
      let code = errno
      close(descriptor)
      if code == EAGAIN || code == EACCES { return nil }
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
    var found = wholeFile
    guard fcntl(descriptor, ask, &found) == 0 else { return true }
    return found.l_type != Int16(F_UNLCK)
  }

  /// A lock for one writer, on every byte.
  static var wholeFile: flock {
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    return lock
  }
}
