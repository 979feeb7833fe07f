import Glibc
import Reactor
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct ReactorTests {
  /// Runs the body on a reactor of its own group, and ends the group.
  func onReactor<R: Sendable>(count: Int = 1, _ body: @escaping @Sendable (ReactorGroup) async throws -> R) async throws -> R {
    let group = try ReactorGroup(count: count, name: "test")
    let result = await group.next().spawn { try await body(group) }.result
    await group.shutdown()
    return try result.get()
  }

  @Test func aTaskStaysOnItsReactorAcrossAwaits() async throws {
    try await onReactor(count: 2) { group in
      let home = Reactor.current
      #expect(home != nil)
      for _ in 0..<100 {
        await Task.yield()
        #expect(Reactor.current === home)
      }
      let other = group.reactors.first { $0 !== home }!
      let seen = try await other.spawn { Reactor.current?.index }.value
      #expect(seen == other.index)
      #expect(Reactor.current === home)
      _ = try await OffloadPool.run { #expect(Reactor.current == nil) }
      #expect(Reactor.current === home)
    }
  }

  @Test func childTasksInheritTheReactor() async throws {
    try await onReactor { _ in
      let home = Reactor.current
      await withTaskGroup(of: Bool.self) { tasks in
        for _ in 0..<10 {
          tasks.addTask {
            await Task.yield()
            return Reactor.current === home
          }
        }
        for await same in tasks { #expect(same) }
      }
    }
  }

  @Test func timersFireInOrderOfTheirDueTime() async throws {
    let order = try await onReactor { _ in
      try await withThrowingTaskGroup(of: Int.self) { tasks in
        for delay in [30, 10, 20] {
          tasks.addTask {
            try await Reactor.sleep(for: .milliseconds(delay))
            return delay
          }
        }
        return try await tasks.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(order == [10, 20, 30])
  }

  @Test func aCancelledSleepThrowsAtOnce() async throws {
    try await onReactor { _ in
      let reactor = Reactor.current!
      let sleeper = reactor.spawn { try await Reactor.sleep(for: .seconds(600)) }
      await Task.yield()
      sleeper.cancel()
      await #expect(throws: CancellationError.self) { try await sleeper.value }
    }
  }

  @Test func aCancelledTimerDoesNotFire() async throws {
    try await onReactor { _ in
      let fired = Atomic<Int>(0)
      func cancelHalf(_ reactor: Reactor) {
        for index in 0..<200 {
          let timer = reactor.schedule(after: .milliseconds(1)) { fired.add(1, ordering: .relaxed) }
          if index.isMultiple(of: 2) { reactor.cancel(timer) }
        }
      }
      cancelHalf(Reactor.current!)
      try await Reactor.sleep(for: .milliseconds(20))
      #expect(fired.load(ordering: .relaxed) == 100)
    }
  }

  final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }

  final class Reader: ReadinessHandler {
    let descriptor: Int32
    let onByte: (UInt8) -> Void
    init(_ descriptor: Int32, _ onByte: @escaping (UInt8) -> Void) {
      self.descriptor = descriptor
      self.onByte = onByte
    }
    func ready(_ readiness: Readiness) {
      var byte: UInt8 = 0
      while read(descriptor, &byte, 1) == 1 { onByte(byte) }
    }
  }

  @Test func aDescriptorIsReportedUntilItIsUnwatched() async throws {
    try await onReactor { _ in
      var ends: [Int32] = [0, 0]
      #expect(pipe(&ends) == 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
      defer { for end in ends { close(end) } }
      let reactor = Reactor.current!
      let input = ends[0]
      let output = ends[1]
      let byte: UInt8 = await withCheckedContinuation { continuation in
        var watch: Watch?
        let reader = Reader(input) { byte in
          reactor.unwatch(watch!)
          continuation.resume(returning: byte)
        }
        watch = try! reactor.watch(input, .read, handler: reader)
        var seven: UInt8 = 7
        write(output, &seven, 1)
      }
      #expect(byte == 7)
      var eight: UInt8 = 8
      write(output, &eight, 1)  // nobody watches: resuming twice would trap
      try await Reactor.sleep(for: .milliseconds(5))
    }
  }

  @Test func watchingAClosedDescriptorIsAnError() async throws {
    try await onReactor { _ in
      _ = #expect(throws: SystemError.self) { _ = try Reactor.current!.watch(1_000_000, .read, handler: Reader(0) { _ in }) }
    }
  }

  @Test func manyThreadsHandOverWithoutLoss() async throws {
    let count = try await onReactor(count: 2) { group in
      let sum = Counter()
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for _ in 0..<4 {
          tasks.addTask {
            try await OffloadPool.run {
              for _ in 0..<5_000 { group.next().execute { sum.value.add(1, ordering: .relaxed) } }
            }
          }
        }
        try await tasks.waitForAll()
      }
      for reactor in group.reactors { try await reactor.spawn {}.value }  // after what was handed over before
      return sum.value.load(ordering: .relaxed)
    }
    #expect(count == 20_000)
  }

  @Test func aLocalValueIsMadeOncePerReactor() async throws {
    try await onReactor(count: 2) { group in
      let made = Atomic<Int>(0)
      let local = ReactorLocal { reactor in
        made.add(1, ordering: .relaxed)
        return reactor.index
      }
      for _ in 0..<3 {
        for reactor in group.reactors {
          let value = try await reactor.spawn { local.value }.value
          #expect(value == reactor.index)
        }
      }
      #expect(made.load(ordering: .relaxed) == 2)
    }
  }

  /// Channels and pools that are gone leave nothing on the reactors.
  @Test func aLocalValueGoesWithItsLocal() async throws {
    final class Value: Sendable {
      let gone: @Sendable () -> Void
      init(_ gone: @escaping @Sendable () -> Void) { self.gone = gone }
      deinit { gone() }
    }
    try await onReactor(count: 2) { group in
      let ended = Atomic<Int>(0)
      func use() async throws {
        let local = ReactorLocal { reactor in Value { if reactor.isCurrent { ended.add(1, ordering: .relaxed) } } }
        for reactor in group.reactors { try await reactor.spawn { _ = local.value }.value }
      }
      for _ in 0..<3 { try await use() }
      // The last task may hold the local for a moment after its answer. What goes elsewhere than on its reactor is never counted.
      while ended.load(ordering: .relaxed) < 6 {
        for reactor in group.reactors { try await reactor.spawn {}.value }
      }
    }
  }

  /// A local that outlives reactors doesn't keep them.
  @Test func anEndedReactorIsFreed() async throws {
    let local = ReactorLocal { $0.index }
    weak var reactor: Reactor?
    do {
      let group = try ReactorGroup(count: 1, name: "test")
      reactor = group.reactors[0]
      _ = try await group.reactors[0].spawn { local.value }.value
      await group.shutdown()
    }
    // The thread that ends holds the last reference for a moment.
    for _ in 0..<1_000 where reactor != nil { try await Task.sleep(for: .milliseconds(1)) }
    #expect(reactor == nil)
    withExtendedLifetime(local) {}
  }

  @Test(arguments: [
    (Duration.seconds(1), Int64(1_000_000_000)), (.microseconds(-3), -3_000), (.seconds(Int64.max), .max), (.zero, 0),
  ]) func durationsBecomeNanoseconds(duration: Duration, nanoseconds: Int64) {
    #expect(duration.wholeNanoseconds == nanoseconds)
  }

  @Test func monotonicTimeDoesNotOverflow() {
    let now = MonotonicTime.now()
    #expect(now.advanced(by: .seconds(Int64.max)) > now)
    #expect(now.advanced(by: .seconds(-Int64.max)).nanoseconds == 0)
    #expect(now.duration(to: now.advanced(by: .seconds(3))) == .seconds(3))
    #expect(now.advanced(by: .seconds(3)).duration(to: now) == .seconds(-3))
  }
}
