import Glibc
import Reactor
import Testing

@testable import ChengyunService

@Suite("Processes", .timeLimit(.minutes(1)))
struct ProcessTests {
  private func shell(_ script: String, log: String? = nil) -> Launch {
    Launch(executable: "/bin/sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"], logFile: log)
  }

  @Test(arguments: [("exit 0", ProcessEnd.exited(0)), ("exit 7", .exited(7)), ("kill -9 $$", .killed(signal: 9))])
  func tellsHowAChildEnded(_ script: String, _ end: ProcessEnd) async throws {
    let launch = shell(script)
    #expect(try await withReactors { try await ChildProcess.start(launch, on: $0.reactors[0]).end() } == end)
  }

  @Test func stopsInStepsAndByForceInTheEnd() async throws {
    let scratch = try Scratch()
    let log = scratch.path + "/log"
    let launch = shell("trap '' TERM; echo ready; while :; do sleep 0.05; done", log: log)
    let end = try await withReactors { reactors in
      let child = try await ChildProcess.start(launch, on: reactors.reactors[0])
      while Files.readText(log)?.contains("ready") != true { try await Reactor.sleep(for: .milliseconds(5)) }
      return await child.stop(
        [StopStep(signal: SIGTERM, patience: .milliseconds(50)), StopStep(signal: SIGKILL, patience: .seconds(5))], on: reactors.reactors[0]
      )
    }
    #expect(end == .killed(signal: SIGKILL))
  }

  /// The outer shell is a supervisor that dies; what `setpriv` has armed must take its child along.
  @Test func childrenDieWithTheirParent() async throws {
    let scratch = try Scratch()
    let log = scratch.path + "/pid"
    let script = "\(Launch.wrapper) --pdeathsig KILL -- /bin/sleep 60 & echo $! ; sleep 0.3; kill -9 $$"
    let launch = shell(script, log: log)
    _ = try await withReactors { try await ChildProcess.start(launch, on: $0.reactors[0]).end() }
    let pid = try #require(Files.readText(log).flatMap { pid_t($0.prefix { $0.isNumber }) })
    try await withReactors { _ in
      while kill(pid, 0) == 0, Files.readText("/proc/\(pid)/stat")?.contains(") Z") == false {
        try await Reactor.sleep(for: .milliseconds(5))
      }
    }
  }

  @Test func aFolderIsLockedForOneProcess() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/lock"
    #expect(!LockFile.isHeld(path))
    do {
      let lock = try #require(try LockFile(path))
      #expect(try LockFile(path) == nil)
      #expect(LockFile.isHeld(path))
      #expect(LockFile.holder(path) == getpid())
      withExtendedLifetime(lock) {}
    }
    // A child of another test that is just being started holds copies of all descriptors until it becomes its program.
    while LockFile.isHeld(path) {}
  }

  @Test func logsAreCutWhenTheyHaveGrown() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/log"
    try Files.write(Array(repeating: 97, count: Int(LogRotation.sizeLimit) + 1), to: path, mode: 0o600)
    LogRotation.rotate(path)
    #expect(Files.size(path) == 0)
    #expect(Files.size(path + ".1") == LogRotation.sizeLimit + 1)
  }

  @Test func gzipIsReadThroughAndABrokenOneIsAnError() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/x.csv"
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try Files.write(bytes, to: path, mode: 0o600)
    #expect(try Launch(executable: "/usr/bin/gzip", arguments: ["-k", path], environment: [:]).runToEnd() == .exited(0))
    #expect(try SourceFile.readAll(path + ".gz") == bytes)
    try Files.write(Array(try Files.read(path + ".gz").dropLast(100)), to: path + ".cut.gz", mode: 0o600)
    #expect(throws: HostError.self) { try SourceFile.readAll(scratch.path + "/x.csv.cut.gz") }
  }
}
