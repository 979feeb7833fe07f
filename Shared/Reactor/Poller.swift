internal import CLinux
internal import Glibc

/// What a handler wants to know of a descriptor.
public struct Interest: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let read = Interest(rawValue: 1)
  public static let write = Interest(rawValue: 2)
}

/// What epoll says of a descriptor. Level-triggered: it is said again until it is dealt with.
public struct Readiness: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let read = Readiness(rawValue: 1)
  public static let write = Readiness(rawValue: 2)
  public static let hangup = Readiness(rawValue: 4)
  public static let error = Readiness(rawValue: 8)
}

public protocol ReadinessHandler: AnyObject {
  func ready(_ readiness: Readiness)
}

/// A registered descriptor. The generation tells a reused slot from the one that was meant.
public struct Watch: Sendable, Hashable {
  let slot: UInt32
  let generation: UInt32
}

extension Reactor {
  /// Registers a descriptor; the handler is kept until `unwatch`.
  public func watch(_ descriptor: Int32, _ interest: Interest, handler: any ReadinessHandler) throws(SystemError) -> Watch {
    assertCurrent()
    return try poller.add(descriptor, interest, handler)
  }

  public func change(_ watch: Watch, to interest: Interest) throws(SystemError) {
    assertCurrent()
    try poller.change(watch, interest)
  }

  /// Forgets the descriptor; it must still be open, and its owner closes it afterwards.
  public func unwatch(_ watch: Watch) {
    assertCurrent()
    poller.remove(watch)
  }
}

/// epoll with a table of handlers. Confined to its reactor, but for `wake`.
final class Poller {
  private struct Slot {
    var descriptor: Int32
    var generation: UInt32
    var handler: (any ReadinessHandler)?
  }

  /// The slot of the eventfd: no table entry.
  private static let wakeKey = UInt64.max

  private let epoll: Int32
  private let wakeDescriptor: Int32
  private var slots: [Slot] = []
  private var free: [UInt32] = []
  private let events: UnsafeMutableBufferPointer<epoll_event>

  init(capacity: Int) throws(SystemError) {
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard epoll >= 0 else { throw SystemError("epoll_create1") }
    wakeDescriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    guard wakeDescriptor >= 0 else {
      let error = SystemError("eventfd")
      close(epoll)
      throw error
    }
    events = .allocate(capacity: capacity)
    var event = epoll_event()
    event.events = EPOLLIN.rawValue
    event.data.u64 = Self.wakeKey
    guard epoll_ctl(epoll, EPOLL_CTL_ADD, wakeDescriptor, &event) == 0 else { throw SystemError("epoll_ctl") }
  }

  deinit {
    close(wakeDescriptor)
    close(epoll)
    events.deallocate()
  }

  /// From any thread: ends the wait.
  func wake() {
    var one: UInt64 = 1
    _ = write(wakeDescriptor, &one, 8)
  }

  func add(_ descriptor: Int32, _ interest: Interest, _ handler: any ReadinessHandler) throws(SystemError) -> Watch {
    let slot: UInt32
    if let reused = free.popLast() {
      slot = reused
      slots[Int(slot)].descriptor = descriptor
      slots[Int(slot)].handler = handler
    } else {
      slot = UInt32(slots.count)
      slots.append(Slot(descriptor: descriptor, generation: 0, handler: handler))
    }
    let watch = Watch(slot: slot, generation: slots[Int(slot)].generation)
    guard control(EPOLL_CTL_ADD, watch, interest) else {
      let error = SystemError("epoll_ctl")
      release(slot)
      throw error
    }
    return watch
  }

  func change(_ watch: Watch, _ interest: Interest) throws(SystemError) {
    guard slots[Int(watch.slot)].generation == watch.generation else { return }
    guard control(EPOLL_CTL_MOD, watch, interest) else { throw SystemError("epoll_ctl") }
  }

  func remove(_ watch: Watch) {
    guard slots[Int(watch.slot)].generation == watch.generation else { return }
    // Fails only when the descriptor is gone already, and then epoll has forgotten it too.
    _ = control(EPOLL_CTL_DEL, watch, [])
    release(watch.slot)
  }

  func wait(timeoutMilliseconds: Int32) {
    let count = epoll_wait(epoll, events.baseAddress, Int32(events.count), timeoutMilliseconds)
    guard count > 0 else { return }  // 0: time is up; -1: EINTR, the only error an open epoll descriptor can have here
    for index in 0..<Int(count) {
      let key = events[index].data.u64
      if key == Self.wakeKey {
        var value: UInt64 = 0
        _ = read(wakeDescriptor, &value, 8)
        continue
      }
      let slot = Int(key & 0xffff_ffff)
      // A handler earlier in this round may have closed this one, and its slot may be in use again.
      guard slots[slot].generation == UInt32(key >> 32), let handler = slots[slot].handler else { continue }
      handler.ready(Readiness(epoll: events[index].events))
    }
  }

  private func release(_ slot: UInt32) {
    slots[Int(slot)].generation &+= 1
    slots[Int(slot)].handler = nil
    free.append(slot)
  }

  private func control(_ operation: Int32, _ watch: Watch, _ interest: Interest) -> Bool {
    var event = epoll_event()
    event.events = interest.epoll
    event.data.u64 = UInt64(watch.generation) << 32 | UInt64(watch.slot)
    return epoll_ctl(epoll, operation, slots[Int(watch.slot)].descriptor, &event) == 0
  }
}

extension Interest {
  fileprivate var epoll: UInt32 {
    (contains(.read) ? EPOLLIN.rawValue | EPOLLRDHUP.rawValue : 0) | (contains(.write) ? EPOLLOUT.rawValue : 0)
  }
}

extension Readiness {
  fileprivate init(epoll events: UInt32) {
    self = []
    if events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0 { insert(.read) }
    if events & EPOLLOUT.rawValue != 0 { insert(.write) }
    if events & EPOLLHUP.rawValue != 0 { insert(.hangup) }
    if events & EPOLLERR.rawValue != 0 { insert(.error) }
  }
}
