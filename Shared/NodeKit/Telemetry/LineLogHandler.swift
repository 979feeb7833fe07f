// Logs for people and for whatever collects lines: one line a record, on standard error.
public import CityModel
internal import Glibc
public import Logging

/// `2017-12-01T08:05:00.123456Z info intake message key=value other="with spaces"`
///
/// Times are the system's, also while a replay drives the node's clock. What is logged must not name people: ids, not names; counts, not
/// contents. A line is cut at 8 KiB, behind a whole character; control characters are escaped so that a record stays one line.
public struct LineLogHandler: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?
  public var logLevel: Logger.Level
  private let label: String
  private let write: @Sendable ([UInt8]) -> Void

  /// - Parameter write: Takes a whole line with its end. Default: one `write(2)` to standard error.
  public init(label: String, level: Logger.Level = .info, write: @escaping @Sendable ([UInt8]) -> Void = writeToStandardError) {
    self.label = label
    logLevel = level
    self.write = write
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
    if let own = event.metadata { all.merge(own) { $1 } }
    if let error = event.error { all["error"] = "\(error)" }
    write(LogLine.render(at: systemNow(), event.level, label, event.message.description, all))
  }
}

/// The text of a record.
enum LogLine {
  /// Longest line in bytes.
  static let limit = 8_192

  static func render(
    at instant: Instant, _ level: Logger.Level, _ label: String, _ message: String, _ metadata: Logger.Metadata
  ) -> [UInt8] {
    var line = Array("\(instant) \(level.rawValue) \(label) ".utf8)
    appendEscaped(message, to: &line)
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      line.append(UInt8(ascii: " "))
      line.append(contentsOf: key.utf8)
      line.append(UInt8(ascii: "="))
      appendValue("\(value)", to: &line)
    }
    if line.count >= limit { cut(&line, to: limit - 1) }
    line.append(UInt8(ascii: "\n"))
    return line
  }

  /// Behind a whole character: whoever collects lines may refuse half a one.
  private static func cut(_ line: inout [UInt8], to count: Int) {
    var end = count
    while end > 0, line[end] & 0xC0 == 0x80 { end -= 1 }
    line.removeLast(line.count - end)
  }

  private static func appendValue(_ text: String, to line: inout [UInt8]) {
    let bare = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
    if bare { return line.append(contentsOf: text.utf8) }
    line.append(UInt8(ascii: "\""))
    appendEscaped(text, quoted: true, to: &line)
    line.append(UInt8(ascii: "\""))
  }

  private static func appendEscaped(_ text: String, quoted: Bool = false, to line: inout [UInt8]) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\n"): line.append(contentsOf: "\\n".utf8)
      case UInt8(ascii: "\t"): line.append(contentsOf: "\\t".utf8)
      case 0..<0x20, 0x7F: line.append(UInt8(ascii: "?"))
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        if quoted { line.append(UInt8(ascii: "\\")) }
        line.append(byte)
      default: line.append(byte)
      }
    }
  }
}

/// What standard error does not take is lost: logging never stops a service.
@Sendable public func writeToStandardError(_ line: [UInt8]) { writeWithoutWaiting(line, to: STDERR_FILENO) }

/// Most bytes of one write: a pipe that is writable takes them without blocking (PIPE_BUF of Linux), and up to here lines of several
/// threads don't mix.
private let atomicWriteBytes = 4_096

/// Never waits, although the descriptor is a blocking one: it may be shared with other processes, so its mode is not ours to change.
func writeWithoutWaiting(_ line: [UInt8], to descriptor: Int32) {
  line.withUnsafeBytes { bytes in
    var offset = 0
    while offset < bytes.count {
      var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      guard poll(&state, 1, 0) == 1, state.revents & Int16(POLLOUT) != 0 else { return }
      let count = Glibc.write(descriptor, bytes.baseAddress! + offset, min(atomicWriteBytes, bytes.count - offset))
      guard count > 0 else { return }
      offset += count
    }
  }
}

/// The system's clock, also while a replay drives the node's: for logs, sessions of people and what is proven to peers.
public func systemNow() -> Instant {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
}
