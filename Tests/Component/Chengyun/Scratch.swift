import Glibc
import Reactor

@testable import ChengyunService

/// A folder of its own for a test, which every system user may pass through (PostgreSQL runs as another one).
struct Scratch: ~Copyable {
  let path: String

  init() throws {
    var template = Array("/tmp/chengyun-test-XXXXXX\0".utf8CString)
    guard let made = mkdtemp(&template) else { throw HostError("make", "a scratch folder") }
    path = String(cString: made)
    chmod(path, 0o711)
  }

  deinit {
    _ = try? Launch(executable: "/bin/rm", arguments: ["-rf", path], environment: [:]).runToEnd()
  }
}

/// Five free ports above a base, for a node in this process. Below the ephemeral ports, where other programs' connections come and go;
/// each process looks in a range of its own.
func freePortBase() throws -> Int {
  let start = 10_000 + Int(getpid()) % 1_000 * 10
  for base in stride(from: start, to: start + 1_000, by: 10) where (1...5).allSatisfy({ Ports.isFree(base + $0) }) { return base }
  throw HostError("no free ports from \(start) on")
}

/// Reactors for one test.
func withReactors<Result: Sendable>(_ body: @escaping @Sendable (ReactorGroup) async throws -> Result) async throws -> Result {
  let reactors = try ReactorGroup(count: 1, name: "test")
  let result = await reactors.reactors[0].spawn { try await body(reactors) }.result
  await reactors.shutdown()
  return try result.get()
}
