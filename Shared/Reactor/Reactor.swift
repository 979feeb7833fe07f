internal import CLinux
internal import Synchronization

/// An event loop on a thread of its own: epoll, timers, and a Swift executor, so that a `Task` that prefers it never leaves the thread.
///
/// One turn of the loop runs the jobs that are ready, then the end-of-turn work (where writes are batched), then waits for descriptors and
/// timers. Everything that a connection, a session or a pool keeps is confined to its reactor: no locks, no atomics on the hot path.
///
/// `@unchecked Sendable`: `inbox` is guarded by its mutex; all other mutable state is touched on the reactor's thread only, which
/// `assertCurrent` checks in debug builds.
public final class Reactor: TaskExecutor, SerialExecutor, @unchecked Sendable {
  /// Most jobs in one turn: beyond it the loop looks at its descriptors first, so that busy tasks cannot starve the network.
  static let jobsPerTurn = 1_024
  /// Most events taken from epoll at once.
  static let eventsPerTurn = 256

  /// Its place in its group.
  public let index: Int

  let poller: Poller
  var timers = TimerWheel()
  var locals: [AnyObject?] = []
  var localPlaces: [WeakPlace] = []
  private let inbox = Mutex(Inbox())
  private var ready: [UnownedJob] = []
  private var endOfTurn: [any EndOfTurnWork] = []
  private var stopping = false
  private var whenStopped: [() -> Void] = []

  /// What other threads hand over, and whether the loop must be woken for it.
  private struct Inbox {
    var jobs: [UnownedJob] = []
    var bodies: [@Sendable () -> Void] = []
    var sleeping = false
    var closed = false
  }

  init(index: Int) throws(SystemError) {
    self.index = index
    poller = try Poller(capacity: Self.eventsPerTurn)
  }

  // MARK: From any thread

  /// The reactor whose thread this is.
  public static var current: Reactor? {
    guard let value = chengyun_thread_value() else { return nil }
    return Unmanaged<Reactor>.fromOpaque(value).takeUnretainedValue()
  }

  public var isCurrent: Bool {
    chengyun_thread_value() == Unmanaged.passUnretained(self).toOpaque()
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isCurrent {
      ready.append(job)
    } else {
      handOver { $0.jobs.append(job) }
    }
  }

  public func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }
  public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  /// Runs `body` on the reactor, soon. After the reactor has been shut down it is dropped.
  public func execute(_ body: @escaping @Sendable () -> Void) {
    handOver { if !$0.closed { $0.bodies.append(body) } }
  }

  /// Starts a task that stays on this reactor: it and its children run here after every `await`.
  @discardableResult
  public func spawn<Success: Sendable>(
    _ body: @escaping @Sendable () async throws -> Success
  ) -> Task<Success, any Error> {
    Task(executorPreference: self, operation: body)
  }

  private func handOver(_ add: (inout Inbox) -> Void) {
    let mustWake = inbox.withLock { inbox in
      add(&inbox)
      defer { inbox.sleeping = false }
      return inbox.sleeping
    }
    if mustWake { poller.wake() }
  }

  // MARK: On its own thread

  /// Queues `work` for the end of this turn, once. The caller sees to it that it does not queue itself twice.
  public func atEndOfTurn(_ work: any EndOfTurnWork) {
    assertCurrent()
    endOfTurn.append(work)
  }

  func assertCurrent() {
    assert(isCurrent, "reactor-confined state touched from another thread")
  }

  /// The loop. Returns after `stop()`.
  func run() {
    chengyun_set_thread_value(Unmanaged.passUnretained(self).toOpaque())
    defer { chengyun_set_thread_value(nil) }
    while !stopping {
      runJobs()
      runEndOfTurn()
      poller.wait(timeoutMilliseconds: timeoutBeforeSleep())
      if !timers.isEmpty {
        for action in timers.takeDue(at: .now()) { action() }
      }
    }
    forgetLocals()
    for body in whenStopped { body() }
  }

  /// Ends the loop after the turn in which this is seen, then runs `body` on the ending thread. From any thread.
  func stop(then body: @escaping @Sendable () -> Void) {
    execute { [self] in
      stopping = true
      whenStopped.append(body)
      inbox.withLock { $0.closed = true }
    }
  }

  private func runJobs() {
    let (jobs, bodies) = inbox.withLock { inbox in
      defer {
        inbox.jobs.removeAll(keepingCapacity: true)
        inbox.bodies.removeAll(keepingCapacity: true)
      }
      return (inbox.jobs, inbox.bodies)
    }
    for body in bodies { body() }
    ready.append(contentsOf: jobs)
    var done = 0
    while !ready.isEmpty, done < Self.jobsPerTurn {
      let batch = ready
      ready.removeAll(keepingCapacity: true)
      for job in batch {
        job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
      }
      done += batch.count
    }
  }

  private func runEndOfTurn() {
    guard !endOfTurn.isEmpty else { return }
    let work = endOfTurn
    endOfTurn.removeAll(keepingCapacity: true)
    for item in work { item.endOfTurn() }
  }

  /// 0 when there is something to do at once, otherwise the time to the next timer; -1 without one.
  private func timeoutBeforeSleep() -> Int32 {
    guard ready.isEmpty, endOfTurn.isEmpty, !stopping else { return 0 }
    let idle = inbox.withLock { inbox in
      inbox.sleeping = inbox.jobs.isEmpty && inbox.bodies.isEmpty
      return inbox.sleeping
    }
    return idle ? timers.millisecondsToNext(from: .now()) : 0
  }
}

/// Work that waits for the end of the reactor's turn, so that many small things become one.
public protocol EndOfTurnWork: AnyObject {
  func endOfTurn()
}
