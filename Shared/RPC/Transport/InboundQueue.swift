internal import DequeModule

/// Complete messages that nobody has read yet, oldest first. Pure. Most calls have one: it costs no queue.
struct InboundQueue {
  /// What a message costs beside its own bytes: its array's head and its place in the queue.
  static let messageOverhead = 48

  private var first: [UInt8]?
  private var rest = Deque<[UInt8]>()
  /// Memory of the messages, in bytes.
  private(set) var memory = 0

  var count: Int { first == nil ? 0 : rest.count + 1 }
  var isEmpty: Bool { first == nil }

  mutating func append(_ message: [UInt8]) {
    memory += message.count + Self.messageOverhead
    if first == nil { first = message } else { rest.append(message) }
  }

  mutating func popFirst() -> [UInt8]? {
    guard let message = first else { return nil }
    memory -= message.count + Self.messageOverhead
    first = rest.isEmpty ? nil : rest.removeFirst()
    return message
  }

  mutating func removeAll() {
    first = nil
    rest.removeAll()
    memory = 0
  }
}
