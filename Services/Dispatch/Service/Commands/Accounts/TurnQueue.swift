internal import Reactor

/// Whose turn it is when only a few may work at once. Decides; who waits, and how, is the owner's business.
struct TurnQueue<Waiter> {
  enum Answer: Sendable, Hashable { case begin, wait, refuse }

  private struct Place {
    let number: UInt64
    let latestStart: MonotonicTime?
    let waiter: Waiter
  }

  let parallel: Int
  let limit: Int
  private(set) var running = 0
  private var waiting: [Place] = []

  init(parallel: Int, limit: Int) {
    self.parallel = parallel
    self.limit = limit
  }

  /// - Parameters:
  ///   - number: tells this one from the others.
  ///   - latestStart: after this moment the turn is worth nothing to it; nil: it always is.
  mutating func ask(_ number: UInt64, latestStart: MonotonicTime?, _ waiter: Waiter) -> Answer {
    if running < parallel {
      running += 1
      return .begin
    }
    guard waiting.count < limit else { return .refuse }
    waiting.append(Place(number: number, latestStart: latestStart, waiter: waiter))
    return .wait
  }

  /// Doesn't wait any more. Nil when it doesn't anyway.
  mutating func leave(_ number: UInt64) -> Waiter? {
    waiting.firstIndex { $0.number == number }.map { waiting.remove(at: $0).waiter }
  }

  /// A turn is over. It goes to who waits longest of those to whom it is worth something.
  /// - Returns: who has waited in vain, too.
  mutating func pass(at now: MonotonicTime) -> (next: Waiter?, late: [Waiter]) {
    func isLate(_ place: Place) -> Bool { place.latestStart.map { $0 < now } ?? false }
    let late = waiting.filter(isLate).map(\.waiter)
    waiting.removeAll(where: isLate)
    guard !waiting.isEmpty else {
      running -= 1
      return (nil, late)
    }
    return (waiting.removeFirst().waiter, late)
  }
}
