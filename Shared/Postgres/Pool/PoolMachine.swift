internal import DequeModule

/// Who gets which connection: a value that decides, without connections, clocks or callers. `Pool` does what it says.
///
/// Callers are served in the order of their coming. A shared caller (one auto-commit batch) may join others on a connection up to the
/// pipeline's depth; an exclusive one (transaction, COPY) needs a connection without any. Nobody overtakes a waiting exclusive caller, so
/// that it cannot starve.
struct PoolMachine {
  enum Want: Equatable {
    case shared
    case exclusive
  }

  enum Verdict: Equatable {
    case granted(slot: Int)
    case queued(WaiterID)
    case refused
  }

  typealias WaiterID = UInt64

  struct Grant: Equatable {
    let waiter: WaiterID
    let slot: Int
  }

  private enum Slot: Equatable {
    case empty
    case connecting
    case ready(inFlight: Int)
    case leased
  }

  /// After a connection attempt has failed: 50 ms, doubled up to 5 s.
  private static let firstPause = Duration.milliseconds(50)
  private static let longestPause = Duration.seconds(5)

  private let depth: Int
  private let queueLimit: Int
  private var slots: [Slot]
  private var queue = Deque<(id: WaiterID, want: Want)>()
  private var lastWaiter: WaiterID = 0
  private var failures = 0
  /// After a failure nothing is opened until `pauseIsOver`.
  private var pausing = false
  private(set) var closing = false

  init(connections: Int, depth: Int, queueLimit: Int) {
    precondition(connections > 0 && depth > 0)
    self.depth = depth
    self.queueLimit = queueLimit
    slots = Array(repeating: .empty, count: connections)
  }

  var waiting: Int { queue.count }
  var isEmpty: Bool { slots.allSatisfy { $0 == .empty } }

  // MARK: Callers

  mutating func request(_ want: Want) -> Verdict {
    if closing { return .refused }
    if queue.isEmpty, let slot = take(want) { return .granted(slot: slot) }
    guard queue.count < queueLimit else { return .refused }
    lastWaiter += 1
    queue.append((lastWaiter, want))
    return .queued(lastWaiter)
  }

  /// The slots where a connection should be opened now.
  mutating func slotsToOpen() -> [Int] {
    guard !pausing, !closing else { return [] }
    let connecting = slots.count { $0 == .connecting }
    let busy = slots.contains { if case .ready(let inFlight) = $0 { inFlight > 1 } else { false } }
    var missing = max(queue.count, busy ? 1 : 0) - connecting
    var opened: [Int] = []
    for index in slots.indices where missing > 0 && slots[index] == .empty {
      slots[index] = .connecting
      opened.append(index)
      missing -= 1
    }
    return opened
  }

  /// Takes a waiter out that was cancelled or has waited too long. False when it was served before.
  mutating func abandon(_ waiter: WaiterID) -> Bool {
    guard let index = queue.firstIndex(where: { $0.id == waiter }) else { return false }
    queue.remove(at: index)
    return true
  }

  mutating func abandonAll() -> [WaiterID] {
    defer { queue.removeAll() }
    return queue.map(\.id)
  }

  // MARK: Connections

  mutating func opened(_ slot: Int) -> [Grant] {
    assert(slots[slot] == .connecting)
    slots[slot] = .ready(inFlight: 0)
    failures = 0
    return serve()
  }

  /// One shared batch of the slot has been answered.
  mutating func answered(_ slot: Int) -> [Grant] {
    guard case .ready(let inFlight) = slots[slot], inFlight > 0 else { return [] }
    slots[slot] = .ready(inFlight: inFlight - 1)
    return serve()
  }

  mutating func returned(_ slot: Int) -> [Grant] {
    guard slots[slot] == .leased else { return [] }
    slots[slot] = .ready(inFlight: 0)
    return serve()
  }

  /// A connection is gone. After one that never came to stand there is a pause before the next attempt.
  mutating func lost(_ slot: Int, wasOpen: Bool) -> Duration? {
    slots[slot] = .empty
    guard !wasOpen, !closing else { return nil }
    failures += 1
    guard !pausing else { return nil }
    pausing = true
    return min(Self.longestPause, Self.firstPause * (1 << min(failures - 1, 10)))
  }

  mutating func pauseIsOver() {
    pausing = false
  }

  /// No callers from now on. The slots that may be closed at once; the others follow when they have become idle.
  mutating func close() -> [Int] {
    closing = true
    return slots.indices.filter { isClosable($0) }
  }

  func isClosable(_ slot: Int) -> Bool {
    closing && (slots[slot] == .connecting || slots[slot] == .ready(inFlight: 0))
  }

  // MARK: Choice

  private mutating func serve() -> [Grant] {
    var grants: [Grant] = []
    while let head = queue.first, let slot = take(head.want) {
      queue.removeFirst()
      grants.append(Grant(waiter: head.id, slot: slot))
    }
    return grants
  }

  /// The connection with the least to do.
  private mutating func take(_ want: Want) -> Int? {
    var best: (slot: Int, inFlight: Int)?
    for (index, slot) in slots.enumerated() {
      if case .ready(let inFlight) = slot, inFlight < best?.inFlight ?? depth { best = (index, inFlight) }
    }
    guard let best else { return nil }
    switch want {
    case .shared:
      slots[best.slot] = .ready(inFlight: best.inFlight + 1)
    case .exclusive:
      guard best.inFlight == 0 else { return nil }
      slots[best.slot] = .leased
    }
    return best.slot
  }
}
