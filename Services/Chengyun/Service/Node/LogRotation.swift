internal import Glibc

/// Keeps logs small: a file that has grown too large is copied to `<name>.1` and emptied. The children go on appending to the same file.
enum LogRotation {
  /// Largest log in bytes; with its predecessor a service takes at most twice as much.
  static let sizeLimit: Int64 = 16 << 20

  static func rotate(_ path: String) {
    guard let size = Files.size(path), size > sizeLimit, let bytes = try? Files.read(path) else { return }
    guard (try? Files.write(bytes, to: path + ".1", mode: 0o640)) != nil else { return }
    truncate(path, 0)
  }
}
