internal import Synchronization

/// One value a reactor, made there on first use: pools, channels, queues that need no lock.
public struct ReactorLocal<Value>: Sendable {
  private final class Box {
    let value: Value
    init(_ value: Value) { self.value = value }
  }

  private let key: Int
  private let make: @Sendable (Reactor) -> Value

  public init(_ make: @escaping @Sendable (Reactor) -> Value) {
    key = nextLocalKey.add(1, ordering: .relaxed).oldValue
    self.make = make
  }

  /// The current reactor's value. Called off the reactors it is a programmer's error.
  public var value: Value {
    guard let reactor = Reactor.current else { preconditionFailure("ReactorLocal used outside a reactor") }
    return value(on: reactor)
  }

  private func value(on reactor: Reactor) -> Value {
    if key < reactor.locals.count, let box = reactor.locals[key] {
      return unsafeDowncast(box, to: Box.self).value
    }
    let box = Box(make(reactor))
    while reactor.locals.count <= key { reactor.locals.append(nil) }
    reactor.locals[key] = box
    return box.value
  }
}

private let nextLocalKey = Atomic<Int>(0)
