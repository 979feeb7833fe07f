internal import ArgumentParser
internal import CLinux
internal import Glibc
internal import RPC
internal import Reactor
internal import Synchronization

/// Exit codes of every command, after sysexits.h. Wrong usage is 64 (ArgumentParser's EX_USAGE).
enum CommandExit: Int32, Sendable {
  case failed = 1
  /// Input data are wrong: a mapping, an extract.
  case badInput = 65
  /// No node runs, or it does not answer.
  case unavailable = 69
}

/// Ends a command with a sentence and a code.
struct CommandFailure: Error, CustomStringConvertible {
  let exit: CommandExit
  let description: String

  init(_ exit: CommandExit, _ description: String) {
    self.exit = exit
    self.description = description
  }
}

/// Runs a command's work on reactors of its own, prints what went wrong, and turns it into an exit code. A signal to stop cancels the work,
/// unless the command sees to signals itself.
func onReactors(seesToSignals: Bool = false, _ body: @escaping @Sendable (ReactorGroup) async throws -> Void) throws {
  let reactors = try ReactorGroup(count: 2, name: "chengyun")
  do {
    try waitOnThisThread(reactors.reactors[0]) {
      if seesToSignals { try await body(reactors) } else { try await untilSignal { try await body(reactors) } }
    }
  } catch let code as ExitCode {
    throw code
  } catch let failure as CommandFailure {
    Terminal.warn("chengyun: \(failure.description)")
    throw ExitCode(failure.exit.rawValue)
  } catch let error as RPCError {
    Terminal.warn("chengyun: \(error.message.isEmpty ? "\(error.code)" : error.message)")
    throw ExitCode((error.code == .unavailable || error.code == .deadlineExceeded ? CommandExit.unavailable : .failed).rawValue)
  } catch is CancellationError {
    Terminal.warn("chengyun: stopped")
    throw ExitCode(130)
  } catch let error as ValidationError {
    throw error
  } catch {
    Terminal.warn("chengyun: \(error)")
    throw ExitCode(CommandExit.failed.rawValue)
  }
}

/// Blocks this thread until the work on the reactor has ended: it reads from a pipe that the work's end writes to.
private func waitOnThisThread(_ reactor: Reactor, _ body: @escaping @Sendable () async throws -> Void) throws {
  var ends: [Int32] = [-1, -1]
  guard chengyun_pipe(&ends) == 0 else { throw HostError("make", "a pipe") }
  let (waiting, ended) = (ends[0], ends[1])
  defer { close(waiting) }
  let failure = Mutex<(any Error)?>(nil)
  reactor.spawn {
    do { try await body() } catch { failure.withLock { $0 = error } }
    _ = write(ended, [1] as [UInt8], 1)
    close(ended)
  }
  var byte: UInt8 = 0
  while read(waiting, &byte, 1) < 0, errno == EINTR {}
  if let failure = failure.withLock({ $0 }) { throw failure }
}

/// Runs work that SIGINT, SIGTERM or a closed terminal ends in order.
func untilSignal(_ body: @escaping @Sendable () async throws -> Void) async throws {
  try await withThrowingTaskGroup(of: Bool.self) { group in
    group.addTask {
      _ = try await Signals.next(of: [SIGINT, SIGTERM, SIGHUP])
      return true
    }
    group.addTask {
      try await body()
      return false
    }
    let wasSignal = try await group.next() ?? false
    group.cancelAll()
    // The other one ends by cancellation; its outcome no longer matters.
    while let _ = await group.nextResult() {}
    if wasSignal { throw CancellationError() }
  }
}
