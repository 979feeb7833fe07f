// Keeps jobs running.
public import Logging
public import Reactor
internal import Synchronization

/// Runs jobs on the service's reactors in turn until `stop`. A job that throws is logged and started again after a pause.
public final class JobRunner: Sendable {
  private let reactors: ReactorGroup
  private let logger: Logger
  private let backoff: JobBackoff
  private let pause: @Sendable (Duration) async throws -> Void
  private let tasks = Mutex<[Task<Void, any Error>]>([])

  /// - Parameter pause: Waits between a failure and the next start. Default: the reactor's timer.
  public init(
    reactors: ReactorGroup, logger: Logger, backoff: JobBackoff = JobBackoff(),
    pause: @escaping @Sendable (Duration) async throws -> Void = { try await Reactor.sleep(for: $0) }
  ) {
    self.reactors = reactors
    self.logger = logger
    self.backoff = backoff
    self.pause = pause
  }

  public func start(_ jobs: [any Job]) {
    for job in jobs {
      let task = reactors.next().spawn { [self] in await keepRunning(job) }
      tasks.withLock { $0.append(task) }
    }
  }

  /// Cancels the jobs and waits until each has ended, at most `limit`: one that hangs is left behind, with a log line. On a reactor.
  public func stop(within limit: Duration = .seconds(10)) async {
    let all = tasks.withLock { tasks in
      defer { tasks.removeAll() }
      return tasks
    }
    for task in all { task.cancel() }
    let (ending, ended) = AsyncStream.makeStream(of: Void.self)
    reactors.next().spawn {
      for task in all { _ = await task.result }
      ended.finish()
    }
    let inTime = await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        for await _ in ending {}
        return !Task.isCancelled
      }
      group.addTask {
        try? await Reactor.sleep(for: limit)
        return false
      }
      defer { group.cancelAll() }
      return await group.next() ?? true
    }
    if !inTime { logger.warning("jobs left behind at the end of the grace time") }
  }

  private func keepRunning(_ job: any Job) async {
    var backoff = backoff
    var random = SystemRandomNumberGenerator()
    while !Task.isCancelled {
      let started = MonotonicTime.now()
      do {
        try await job.run()
        if !Task.isCancelled { logger.info("job done", metadata: ["job": "\(job.name)"]) }
        return
      } catch {
        guard !Task.isCancelled else { return }
        let delay = backoff.failed(after: started.duration(to: .now()), random: &random)
        logger.warning(
          "job failed",
          metadata: [
            "job": "\(job.name)", "error": "\(error)", "failures": "\(backoff.failures)",
            "again_in_ms": "\(delay.wholeNanoseconds / 1_000_000)",
          ])
        do { try await pause(delay) } catch { return }
      }
    }
  }
}
