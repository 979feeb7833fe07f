import Glibc
import Reactor
import Synchronization
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

  @Test func aFolderIsLockedForOneProcess() async throws {
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
    #expect(try await isFreed(path, within: .seconds(20)))
    #expect(try LockFile(path) != nil)
  }

  /// Whether the kernel gives the lock to somebody who waits for it on a helper thread.
  private func isFreed(_ path: String, within limit: Duration) async throws -> Bool {
    try await withReactors { reactors in
      let (answers, answer) = AsyncStream.makeStream(of: Bool.self)
      let waiting = reactors.reactors[0].spawn {
        try await OffloadPool.run {
          let descriptor = open(path, O_RDWR | O_CLOEXEC)
          var whole = LockFile.wholeFile
          answer.yield(fcntl(descriptor, LockFile.takeWaiting, &whole) == 0)
          close(descriptor)
        }
      }
      let late = reactors.reactors[0].spawn {
        try await Reactor.sleep(for: limit)
        answer.yield(false)
      }
      let isFree = await answers.first { _ in true } ?? false
      late.cancel()
      if isFree { _ = await waiting.result }
      return isFree
    }
  }

  /// One asks without a pause while another takes lock after lock.
  @Test func askingForALockNeverTakesIt() async throws {
    let scratch = try Scratch()
    let prefix = scratch.path + "/lock-"
    let count = 3_000
    let refused = try await withReactors { reactors in
      let current = Mutex(0)
      let asking = reactors.reactors[0].spawn {
        try await OffloadPool.run {
          while case let index = current.withLock({ $0 }), index < count { _ = LockFile.isHeld("\(prefix)\(index)") }
        }
      }
      let refused = try await OffloadPool.run { () -> Int in
        defer { current.withLock { $0 = count } }
        var refused = 0
        for index in 0..<count {
          close(open("\(prefix)\(index)", O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
          current.withLock { $0 = index }
          if try LockFile("\(prefix)\(index)") == nil { refused += 1 }
        }
        return refused
      }
      _ = await asking.result
      return refused
    }
    #expect(refused == 0)
  }

  @Test func logsAreCutWhenTheyHaveGrown() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/log"
    let text = Array(repeating: UInt8(ascii: "a"), count: LogRotation.sizeLimit) + Array("the end".utf8)
    try Files.write(text, to: path, mode: 0o600)
    LogRotation.rotate(path)
    #expect(Files.size(path) == 0)
    #expect(Files.size(path + ".1") == Int64(LogRotation.sizeLimit))
    #expect(try Files.read(path + ".1", last: 7) == Array("the end".utf8))
    try Files.write(Array("short".utf8), to: path, mode: 0o600)
    LogRotation.rotate(path)
    #expect(try Files.read(path, last: 100) == Array("short".utf8))
    // No copy can be made: a folder stands in its place, as a full disk would.
    unlink(path + ".1")
    try Files.makeFolder(path + ".1/x")
    try Files.write(text, to: path, mode: 0o600)
    LogRotation.rotate(path)
    #expect(Files.size(path) == 0, "a log that cannot be copied must not grow for ever")
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
