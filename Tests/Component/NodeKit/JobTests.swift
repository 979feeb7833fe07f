import Reactor
import Synchronization
import TestKit
import Testing

@testable import NodeKit

@Suite struct JobBackoffTests {
  /// Takes the largest number each time, so that the jitter is none.
  struct Largest: RandomNumberGenerator {
    mutating func next() -> UInt64 { .max }
  }

  @Test func doublesUpToTheCap() {
    var backoff = JobBackoff(initial: .seconds(1), cap: .seconds(10))
    var random = Largest()
    let pauses = (0..<6).map { _ in backoff.failed(after: .zero, random: &random).inSeconds.rounded() }
    #expect(pauses == [1, 2, 4, 8, 10, 10])
    #expect(backoff.failures == 6)
  }

  @Test func healthyRunWipesOutFailures() {
    var backoff = JobBackoff(initial: .seconds(1), cap: .seconds(10), healthyRun: .seconds(60))
    var random = Largest()
    for _ in 0..<4 { _ = backoff.failed(after: .seconds(59), random: &random) }
    #expect(backoff.failed(after: .seconds(60), random: &random).inSeconds.rounded() == 1)
    #expect(backoff.failures == 1)
  }

  @Test func staysWithinItsBoundsForEver() {
    var backoff = JobBackoff()
    var random = SystemRandomNumberGenerator()
    for _ in 0..<1_000 {
      let pause = backoff.failed(after: .zero, random: &random)
      #expect(pause >= .milliseconds(75) && pause <= .seconds(30))
    }
  }
}

@Suite(.timeLimit(.minutes(5))) struct JobRunnerTests {
  struct Broken: Error {}

  /// Runs jobs whose pauses the test ends by hand.
  static func withRunner(
    _ body: @escaping @Sendable (JobRunner, AsyncStream<Duration>, @escaping @Sendable () -> Void) async throws -> Void
  ) async throws {
    let (pauses, told) = AsyncStream.makeStream(of: Duration.self)
    let (turns, turn) = AsyncStream.makeStream(of: Void.self)
    try await withReactors(1) { reactors in
      let runner = JobRunner(
        reactors: reactors, logger: TestLog.silent, backoff: JobBackoff(initial: .seconds(8), cap: .seconds(32)),
        pause: { delay in
          told.yield(delay)
          for await _ in turns { return }
          throw CancellationError()
        })
      try await body(runner, pauses) { turn.yield() }
      await runner.stop()
    }
  }

  @Test func failedJobStartsAgainAfterItsPause() async throws {
    let runs = Atomic(0)
    let (signals, signal) = AsyncStream.makeStream(of: Int.self)
    try await Self.withRunner { runner, pauses, endPause in
      runner.start([
        NamedJob("fails twice") {
          let run = runs.add(1, ordering: .relaxed).newValue
          signal.yield(run)
          if run < 3 { throw Broken() }
          try await Reactor.sleep(for: .seconds(50))
        }
      ])
      var pauses = pauses.makeAsyncIterator()
      var signals = signals.makeAsyncIterator()
      #expect(await signals.next() == 1)
      let first = try #require(await pauses.next())
      #expect(first >= .seconds(6) && first <= .seconds(8))
      let runsSoFar = runs.load(ordering: .relaxed)
      #expect(runsSoFar == 1)
      endPause()
      #expect(await signals.next() == 2)
      let second = try #require(await pauses.next())
      #expect(second >= .seconds(12) && second <= .seconds(16))
      endPause()
      #expect(await signals.next() == 3)
    }
    let allRuns = runs.load(ordering: .relaxed)
    #expect(allRuns == 3)
  }

  @Test func stopCancelsAndWaits() async throws {
    let ended = Atomic(false)
    let (started, start) = AsyncStream.makeStream(of: Void.self)
    try await Self.withRunner { runner, _, _ in
      runner.start([
        NamedJob("endless") {
          defer { ended.store(true, ordering: .relaxed) }
          start.yield()
          try await Reactor.sleep(for: .seconds(50))
        }
      ])
      var started = started.makeAsyncIterator()
      await started.next()
      await runner.stop()
      let hasEnded = ended.load(ordering: .relaxed)
      #expect(hasEnded)
    }
  }

  @Test func stopLeavesAHangingJobBehind() async throws {
    let (started, start) = AsyncStream.makeStream(of: Void.self)
    let (hanging, end) = AsyncStream.makeStream(of: Void.self)
    try await Self.withRunner { runner, _, _ in
      runner.start([
        NamedJob("hangs") {
          start.yield()
          // A task of its own does not hear of the cancellation.
          _ = await Reactor.current?.spawn { for await _ in hanging {} }.result
        }
      ])
      var started = started.makeAsyncIterator()
      await started.next()
      await runner.stop(within: .milliseconds(10))
      end.finish()
    }
  }

  @Test func stopEndsAPause() async throws {
    try await Self.withRunner { runner, pauses, _ in
      runner.start([NamedJob("fails") { throw Broken() }])
      var pauses = pauses.makeAsyncIterator()
      _ = await pauses.next()
      await runner.stop()
    }
  }

  @Test func jobThatReturnsIsDone() async throws {
    let runs = Atomic(0)
    let (started, start) = AsyncStream.makeStream(of: Void.self)
    try await Self.withRunner { runner, _, _ in
      runner.start([
        NamedJob("once") {
          runs.add(1, ordering: .relaxed)
          start.yield()
        }
      ])
      var started = started.makeAsyncIterator()
      await started.next()
    }
    let allRuns = runs.load(ordering: .relaxed)
    #expect(allRuns == 1)
  }
}
