internal import CityModel
internal import Glibc

/// The supervisor's own log: a line a happening, with the time in UTC.
enum UpLog {
  static func append(_ text: String, to path: String) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let line = Array("\(Instant(seconds: Int64(time.tv_sec))) \(text)\n".utf8)
    _ = write(descriptor, line, line.count)
  }
}
