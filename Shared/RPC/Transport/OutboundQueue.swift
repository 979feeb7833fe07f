internal import DequeModule

/// Framed messages that wait for HTTP/2's window, oldest first. Pure.
struct OutboundQueue {
  private var head: [UInt8] = []
  private var offset = 0
  private var rest = Deque<[UInt8]>()
  /// Bytes that wait.
  private(set) var count = 0
  /// Nothing more will be appended.
  var isEnded = false

  var isEmpty: Bool { count == 0 }
  /// The first part of a message has left, the rest has not: the stream cannot end here in good order.
  var isInsideFrame: Bool { offset > 0 && offset < head.count }

  mutating func append(_ frame: [UInt8]) {
    guard !frame.isEmpty else { return }
    if count == 0 {
      head = frame
      offset = 0
    } else {
      rest.append(frame)
    }
    count += frame.count
  }

  /// Moves bytes into `buffer`; as many as fit.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    var written = 0
    while written < buffer.count, count > 0 {
      if offset == head.count {
        head = rest.removeFirst()
        offset = 0
      }
      let taken = min(buffer.count - written, head.count - offset)
      head.withUnsafeBytes { bytes in
        UnsafeMutableRawBufferPointer(rebasing: buffer[written...])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + taken]))
      }
      written += taken
      offset += taken
      count -= taken
    }
    if count == 0 {
      head = []
      offset = 0
    }
    return written
  }

  /// Forgets what waits.
  mutating func removeAll() {
    head = []
    offset = 0
    rest.removeAll()
    count = 0
  }
}
