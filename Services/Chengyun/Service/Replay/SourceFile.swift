internal import CLinux
internal import Glibc

/// A file's bytes, through `gzip -dc` when its name ends in `.gz`. Blocks: on a helper thread.
enum SourceFile {
  static let gzip = "/usr/bin/gzip"

  /// Gives the pieces in order.
  static func read(_ path: String, piece: ([UInt8]) throws -> Void) throws {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw HostError("read", path) }
    defer { close(file) }
    guard path.hasSuffix(".gz") else { return try drain(file, path, piece) }
    var ends: [Int32] = [-1, -1]
    guard chengyun_pipe(&ends) == 0 else { throw HostError("make a pipe for", path) }
    let child: pid_t
    do {
      defer { close(ends[1]) }
      child = try startGzip(input: file, output: ends[1])
    } catch {
      close(ends[0])
      throw error
    }
    let result = Result { try drain(ends[0], path, piece) }
    close(ends[0])
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    try result.get()
    guard ProcessEnd(status: status) == .exited(0) else { throw HostError("\(path) is no whole gzip file") }
  }

  static func readAll(_ path: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try read(path) { bytes.append(contentsOf: $0) }
    return bytes
  }

  private static func drain(_ descriptor: Int32, _ path: String, _ piece: ([UInt8]) throws -> Void) throws {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw HostError("read", path) }
      guard count > 0 else { return }
      try piece(Array(buffer[..<count]))
    }
  }

  private static func startGzip(input: Int32, output: Int32) throws(HostError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    let words = [strdup("gzip"), strdup("-dc"), nil]
    defer { for word in words { free(word) } }
    var pid = pid_t()
    let result = posix_spawn(&pid, gzip, &actions, nil, words, [nil])
    guard result == 0 else { throw HostError("start", gzip, errno: result) }
    return pid
  }
}
