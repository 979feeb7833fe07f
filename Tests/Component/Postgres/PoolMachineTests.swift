import TestKit
import Testing

@testable import Postgres

struct PoolMachineTests {
  private func machine(connections: Int = 2, depth: Int = 2, queue: Int = 10) -> PoolMachine {
    PoolMachine(connections: connections, depth: depth, queueLimit: queue)
  }

  private func opened(_ machine: inout PoolMachine) -> [PoolMachine.Grant] {
    machine.slotsToOpen().flatMap { machine.opened($0) }
  }

  @Test func `the first caller waits for the first connection`() {
    var pool = machine()
    #expect(pool.request(.shared) == .queued(1))
    #expect(pool.slotsToOpen() == [0])
    #expect(pool.slotsToOpen() == [])
    #expect(pool.opened(0) == [.init(waiter: 1, slot: 0)])
  }

  @Test func `shared callers share up to the depth, on the least busy connection`() {
    var pool = machine()
    for _ in 0..<2 { _ = pool.request(.exclusive) }
    #expect(opened(&pool).count == 2)
    #expect(pool.returned(0).isEmpty)
    #expect(pool.returned(1).isEmpty)
    #expect(pool.request(.shared) == .granted(slot: 0))
    #expect(pool.request(.shared) == .granted(slot: 1))
    #expect(pool.request(.shared) == .granted(slot: 0))
    #expect(pool.request(.shared) == .granted(slot: 1))
    #expect(pool.request(.shared) == .queued(3))
    #expect(pool.answered(1) == [.init(waiter: 3, slot: 1)])
  }

  @Test func `nobody overtakes an exclusive caller`() {
    var pool = machine(connections: 1, depth: 4)
    _ = pool.request(.shared)
    #expect(opened(&pool).count == 1)
    #expect(pool.request(.exclusive) == .queued(2))
    #expect(pool.request(.shared) == .queued(3))
    #expect(pool.answered(0) == [.init(waiter: 2, slot: 0)])
    #expect(pool.returned(0) == [.init(waiter: 3, slot: 0)])
  }

  @Test func `the queue is bounded, and leaving it makes room`() {
    var pool = machine(queue: 1)
    #expect(pool.request(.shared) == .queued(1))
    #expect(pool.request(.shared) == .refused)
    let abandoned = [pool.abandon(1), pool.abandon(1)]
    #expect(abandoned == [true, false])
    #expect(pool.request(.shared) == .queued(2))
  }

  @Test func `failures make growing pauses, and success ends them`() {
    var pool = machine(connections: 1)
    _ = pool.request(.shared)
    var pauses: [Duration] = []
    for _ in 0..<9 {
      #expect(pool.slotsToOpen() == [0])
      pauses.append(pool.lost(0, wasOpen: false)!)
      #expect(pool.slotsToOpen() == [])
      pool.pauseIsOver()
    }
    #expect(pauses.first == .milliseconds(50))
    #expect(pauses.last == .seconds(5))
    #expect(pool.slotsToOpen() == [0])
    #expect(pool.opened(0).count == 1)
    #expect(pool.lost(0, wasOpen: true) == nil)
    _ = pool.request(.shared)
    #expect(pool.slotsToOpen() == [0])
    #expect(pool.lost(0, wasOpen: false) == .milliseconds(50))
  }

  @Test func `closing lets what is under way finish`() {
    var pool = machine(connections: 2)
    for _ in 0..<2 { _ = pool.request(.exclusive) }
    _ = opened(&pool)
    _ = pool.returned(1)
    #expect(pool.close() == [1])
    #expect(pool.request(.shared) == .refused)
    #expect(pool.lost(1, wasOpen: true) == nil)
    #expect(!pool.isEmpty)
    #expect(pool.returned(0).isEmpty)
    #expect(pool.isClosable(0))
    _ = pool.lost(0, wasOpen: true)
    #expect(pool.isEmpty)
  }

  /// Random histories: no connection ever serves more than it may, and everybody is served or still waits.
  @Test(arguments: 0..<50 as Range<UInt64>) func `random histories keep the rules`(_ seed: UInt64) {
    var random = SplitMix(seed)
    var pool = machine(connections: 3, depth: 3, queue: 1_000)
    var shared = [Int](repeating: 0, count: 3)
    var leased = [Bool](repeating: false, count: 3)
    var wants: [PoolMachine.WaiterID: PoolMachine.Want] = [:]
    func serve(_ want: PoolMachine.Want, _ slot: Int) {
      #expect(!leased[slot], "seed \(seed)")
      if want == .exclusive {
        #expect(shared[slot] == 0, "seed \(seed)")
        leased[slot] = true
      } else {
        shared[slot] += 1
        #expect(shared[slot] <= 3, "seed \(seed)")
      }
    }
    func take(_ grants: [PoolMachine.Grant]) {
      for grant in grants { serve(wants.removeValue(forKey: grant.waiter)!, grant.slot) }
    }
    for _ in 0..<500 {
      let slot = Int(random.next() % 3)
      switch random.next() % 6 {
      case 0, 1:
        let want: PoolMachine.Want = random.next() % 3 == 0 ? .exclusive : .shared
        switch pool.request(want) {
        case .granted(let slot): serve(want, slot)
        case .queued(let id): wants[id] = want
        case .refused: Issue.record("refused, seed \(seed)")
        }
        for slot in pool.slotsToOpen() { take(pool.opened(slot)) }
      case 2, 3:
        if shared[slot] > 0 {
          shared[slot] -= 1
          take(pool.answered(slot))
        }
      case 4:
        if leased[slot] {
          leased[slot] = false
          take(pool.returned(slot))
        }
      default:
        if let id = wants.keys.min(), random.next() % 4 == 0 {
          let waited = pool.abandon(id)
          #expect(waited)
          wants[id] = nil
        }
      }
      #expect(pool.waiting == wants.count)
    }
  }
}
