internal import CLinux
internal import Glibc
internal import Reactor
internal import Synchronization

/// A child that runs until it ends or is stopped.
final class ChildProcess: Sendable {
  let pid: pid_t
  let startedAt = MonotonicTime.now()

  private struct State {
    var end: ProcessEnd?
    var waiting: [CheckedContinuation<ProcessEnd, Never>] = []
  }
  private let state = Mutex(State())

  /// Starts it on the reactor's thread, which lives as long as this process.
  static func start(_ launch: Launch, on reactor: Reactor) async throws -> ChildProcess {
    try await withCheckedThrowingContinuation { continuation in
      reactor.execute {
        continuation.resume(
          with: Result {
            let child = ChildProcess(pid: try launch.start())
            do {
              try child.watchEnd(on: reactor)
            } catch {
              child.abandon()
              throw error
            }
            return child
          })
      }
    }
  }

  private init(pid: pid_t) { self.pid = pid }

  /// How it ended, once it has.
  func end() async -> ProcessEnd {
    await withCheckedContinuation { continuation in
      let end = state.withLock { state in
        if state.end == nil { state.waiting.append(continuation) }
        return state.end
      }
      if let end { continuation.resume(returning: end) }
    }
  }

  var isRunning: Bool { state.withLock { $0.end == nil } }

  /// Does nothing once it has ended: its number may belong to another process then.
  func send(_ signal: Int32) {
    state.withLock { state in
      if state.end == nil { kill(pid, signal) }
    }
  }

  /// Asks with each signal in turn, with so much patience after each, and gives the end. The last signal should be SIGKILL.
  func stop(_ steps: [StopStep], on reactor: Reactor) async -> ProcessEnd {
    let escalation = reactor.spawn {
      for step in steps {
        self.send(step.signal)
        try await Reactor.sleep(for: step.patience)
      }
    }
    let end = await end()
    escalation.cancel()
    return end
  }

  private func watchEnd(on reactor: Reactor) throws {
    let descriptor = chengyun_open_process(pid)
    guard descriptor >= 0 else { throw HostError("watch", "process \(pid)") }
    do {
      _ = try EndWatch(descriptor: descriptor, child: self, reactor: reactor)
    } catch {
      close(descriptor)
      throw error
    }
  }

  /// Nobody would learn of its end.
  private func abandon() {
    kill(pid, SIGKILL)
    while waitpid(pid, nil, 0) < 0, errno == EINTR {}
  }

  private func reap() -> Bool {
    let ended: (ProcessEnd, [CheckedContinuation<ProcessEnd, Never>])? = state.withLock { state in
      var status: Int32 = 0
      guard state.end == nil, waitpid(pid, &status, WNOHANG) == pid else { return nil }
      let end = ProcessEnd(status: status)
      state.end = end
      defer { state.waiting = [] }
      return (end, state.waiting)
    }
    guard let (end, waiting) = ended else { return false }
    for continuation in waiting { continuation.resume(returning: end) }
    return true
  }

  /// Lives in the reactor's table until the child has ended. Confined to the reactor.
  private final class EndWatch: ReadinessHandler {
    private let descriptor: Int32
    private let child: ChildProcess
    private let reactor: Reactor
    private var watch: Watch?

    init(descriptor: Int32, child: ChildProcess, reactor: Reactor) throws {
      self.descriptor = descriptor
      self.child = child
      self.reactor = reactor
      watch = try reactor.watch(descriptor, .read, handler: self)
    }

    func ready(_ readiness: Readiness) {
      guard child.reap(), let watch else { return }
      reactor.unwatch(watch)
      close(descriptor)
    }
  }
}

/// A signal, and how long its effect is waited for.
struct StopStep: Sendable {
  let signal: Int32
  let patience: Duration
}
