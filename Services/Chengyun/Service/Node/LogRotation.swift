internal import Glibc

/// Keeps logs small: the end of a file that has grown too large is copied to `<name>.1`, and the file is emptied. The children go on
/// appending to the same file.
enum LogRotation {
  /// Largest log in bytes; with its predecessor a service takes at most twice as much.
  static let sizeLimit = 16 << 20

  /// Where there is no room for a copy, the copy before it goes. The file is emptied in any case: logs must not fill a disk, least of all
  /// one that is full.
  static func rotate(_ path: String) {
    guard let size = Files.size(path), size > sizeLimit, let end = try? Files.read(path, last: sizeLimit) else { return }
    let copy = path + ".1"
    if (try? Files.write(end, to: copy, mode: 0o640)) == nil {
      unlink(copy)
      try? Files.write(end, to: copy, mode: 0o640)
    }
    truncate(path, 0)
  }
}
