internal import DequeModule

/// Complete messages that nobody has read yet, oldest first. Pure. Most calls have one: it costs no queue.
struct InboundQueue {
  private var first: [UInt8]?
  private var rest = Deque<[UInt8]>()

  var count: Int { first == nil ? 0 : rest.count + 1 }
  var isEmpty: Bool { first == nil }

  mutating func append(_ message: [UInt8]) {
    if first == nil { first = message } else { rest.append(message) }
  }

  mutating func popFirst() -> [UInt8]? {
    guard let message = first else { return nil }
    first = rest.isEmpty ? nil : rest.removeFirst()
    return message
  }

  mutating func removeAll() {
    first = nil
    rest.removeAll()
  }
}
