internal import Synchronization

/// One value a reactor, made there on first use: pools, channels, queues that need no lock. When the last copy of the `ReactorLocal` is
/// gone, each reactor lets go of its value, on its own thread.
public struct ReactorLocal<Value>: Sendable {
  private final class Box {
    let value: Value
    init(_ value: Value) { self.value = value }
  }

  private let place = LocalPlace()
  private let make: @Sendable (Reactor) -> Value

  public init(_ make: @escaping @Sendable (Reactor) -> Value) {
    self.make = make
  }

  /// The current reactor's value. Called off the reactors it is a programmer's error.
  public var value: Value {
    guard let reactor = Reactor.current else { preconditionFailure("ReactorLocal used outside a reactor") }
    return value(on: reactor)
  }

  private func value(on reactor: Reactor) -> Value {
    let key = place.key
    if key < reactor.locals.count, let box = reactor.locals[key] {
      return unsafeDowncast(box, to: Box.self).value
    }
    let box = Box(make(reactor))
    while reactor.locals.count <= key { reactor.locals.append(nil) }
    reactor.locals[key] = box
    place.used(by: reactor)
    return box.value
  }
}

/// Where the values of one `ReactorLocal` are: the same index in every reactor's table. An index is never used twice, so that a late
/// clearing hits nobody else's value; what stays of it is one empty entry of eight bytes.
final class LocalPlace: Sendable {
  let key = nextLocalKey.add(1, ordering: .relaxed).oldValue
  /// Until the reactor ends.
  private let users = Mutex<[Reactor]>([])

  func used(by reactor: Reactor) {
    users.withLock { $0.append(reactor) }
    reactor.localPlaces.append(WeakPlace(place: self))
  }

  func ended(_ reactor: Reactor) { users.withLock { $0.removeAll { $0 === reactor } } }

  deinit {
    let key = key
    for reactor in users.withLock({ $0 }) {
      reactor.execute {
        let value = reactor.locals[key]
        reactor.locals[key] = nil
        reactor.localPlaces.removeAll { $0.place == nil }
        // What the value's end does may come back for other locals: not while the table is being changed.
        withExtendedLifetime(value) {}
      }
    }
  }
}

struct WeakPlace {
  weak var place: LocalPlace?
}

extension Reactor {
  /// At its end.
  func forgetLocals() {
    for entry in localPlaces { entry.place?.ended(self) }
    localPlaces.removeAll()
    let values = locals
    locals.removeAll()
    withExtendedLifetime(values) {}
  }
}

private let nextLocalKey = Atomic<Int>(0)
