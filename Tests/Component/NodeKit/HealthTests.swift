import Reactor
import Synchronization
import TestKit
import Testing

@testable import NodeKit

@Suite(.timeLimit(.minutes(5))) struct HealthTests {
  @Test func servesWhenNothingStandsAgainstIt() {
    let board = HealthBoard()
    #expect(!board.isServing)
    board.lift(.starting)
    #expect(board.isServing)
    board.raise(.databaseUnreachable)
    #expect(!board.isServing)
    board.lift(.databaseUnreachable)
    #expect(board.isServing)
    board.raise(.draining)
    #expect(board.obstacles == .draining)
  }

  @Test func databaseLostWhileStartingNeedsBothLifted() {
    let board = HealthBoard()
    board.raise(.databaseUnreachable)
    board.lift(.starting)
    #expect(!board.isServing)
    board.lift(.databaseUnreachable)
    #expect(board.isServing)
  }

  @Test func watcherHearsNowThenChangesThenTheEnd() async {
    let board = HealthBoard()
    var heard: [Bool] = []
    for await serving in board.changes() {
      heard.append(serving)
      switch heard.count {
      case 1: board.lift(.starting)
      case 2:
        board.raise(.databaseUnreachable)
        board.lift(.databaseUnreachable)  // a slow reader gets the latest only
      case 3: board.raise(.draining)
      default: break
      }
    }
    #expect(heard == [false, true, true, false])
    var afterwards: [Bool] = []
    for await serving in board.changes() { afterwards.append(serving) }
    #expect(afterwards == [false])
  }

  @Test func drainEndsEndlessStreams() async throws {
    let board = HealthBoard()
    try await withReactors(1) { reactors in
      let stream = reactors.next().spawn { try await board.untilDraining { try await Reactor.sleep(for: .seconds(50)) } }
      board.raise(.draining)
      try await stream.value
      await #expect(throws: Broken.self) { try await board.untilDraining { throw Broken() } }
    }
  }

  struct Broken: Error {}

  @Test func probeRaisesAndLifts() async throws {
    let board = HealthBoard()
    board.lift(.starting)
    let broken = Atomic(false)
    try await withReactors(1) { _ in
      let probe = DatabaseProbe(board: board, logger: TestLog.silent) {
        if broken.load(ordering: .relaxed) { throw Broken() }
      }
      try await probe.probe()
      #expect(board.isServing)
      broken.store(true, ordering: .relaxed)
      try await probe.probe()
      #expect(board.obstacles == .databaseUnreachable)
      broken.store(false, ordering: .relaxed)
      try await probe.probe()
      #expect(board.isServing)
    }
  }

  @Test func silentDatabaseCountsAsUnreachableBeforeItAnswers() async throws {
    let board = HealthBoard()
    board.lift(.starting)
    try await withReactors(1) { reactors in
      let probe = DatabaseProbe(patience: .milliseconds(5), board: board, logger: TestLog.silent) {
        try await Reactor.sleep(for: .seconds(50))
      }
      let asking = reactors.next().spawn { try await probe.probe() }
      for await serving in board.changes() where !serving { break }
      #expect(board.obstacles == .databaseUnreachable)
      asking.cancel()
      await #expect(throws: CancellationError.self) { try await asking.value }
    }
  }
}
