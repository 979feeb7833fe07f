internal import HeapModule

/// A timer that may still be cancelled.
public struct TimerID: Hashable, Sendable {
  let value: UInt64
}

extension Reactor {
  @discardableResult
  public func schedule(at time: MonotonicTime, _ action: @escaping () -> Void) -> TimerID {
    assertCurrent()
    return timers.add(time, action)
  }

  @discardableResult
  public func schedule(after delay: Duration, _ action: @escaping () -> Void) -> TimerID {
    schedule(at: .now().advanced(by: delay), action)
  }

  /// Does nothing when it has fired already.
  public func cancel(_ timer: TimerID) {
    assertCurrent()
    timers.cancel(timer)
  }
}

/// Timers by due time. Cancelling only forgets the action; the heap is rebuilt when most of its entries are forgotten ones.
struct TimerWheel {
  private struct Entry: Comparable {
    var due: MonotonicTime
    var id: UInt64
    static func < (left: Entry, right: Entry) -> Bool { (left.due, left.id) < (right.due, right.id) }
  }

  private var heap = Heap<Entry>()
  private var actions: [UInt64: () -> Void] = [:]
  private var lastID: UInt64 = 0

  var isEmpty: Bool { heap.isEmpty }

  mutating func add(_ due: MonotonicTime, _ action: @escaping () -> Void) -> TimerID {
    lastID += 1
    actions[lastID] = action
    heap.insert(Entry(due: due, id: lastID))
    return TimerID(value: lastID)
  }

  mutating func cancel(_ timer: TimerID) {
    actions[timer.value] = nil
    if heap.count > 64, heap.count > 2 * actions.count {
      heap = Heap(heap.unordered.filter { actions[$0.id] != nil })
    }
  }

  /// Rounded up, so that the loop does not wake before the timer is due; -1 without timers.
  mutating func millisecondsToNext(from now: MonotonicTime) -> Int32 {
    while let next = heap.min, actions[next.id] == nil { heap.removeMin() }
    guard let next = heap.min else { return -1 }
    guard next.due > now else { return 0 }
    return Int32(clamping: (next.due.nanoseconds - now.nanoseconds + 999_999) / 1_000_000)
  }

  /// Takes out what is due, in order. The caller runs it, so that actions may add and cancel timers; what they add waits for the next turn.
  mutating func takeDue(at now: MonotonicTime) -> [() -> Void] {
    var due: [() -> Void] = []
    while let next = heap.min, next.due <= now {
      heap.removeMin()
      if let action = actions.removeValue(forKey: next.id) { due.append(action) }
    }
    return due
  }
}
