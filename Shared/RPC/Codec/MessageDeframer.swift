/// Cuts a stream of bytes into gRPC's length-prefixed messages (PROTOCOL-HTTP2.md, Length-Prefixed-Message). Pure.
///
/// Several chunks make a message and one chunk holds several messages: chunk borders mean nothing.
struct MessageDeframer {
  /// A message's frame: one byte of flags, four of length.
  static let prefixBytes = 5

  enum Failure: Error, Hashable {
    /// The prefix announces more than the limit.
    case tooLarge(bytes: Int, limit: Int)
    /// The compressed flag is set; no encoding was agreed on.
    case compressed
    /// The flag byte is neither 0 nor 1.
    case malformed
  }

  private let limit: Int
  private var prefix: UInt64 = 0
  private var prefixCount = 0
  private var expected = 0
  private var body: [UInt8] = []

  /// - Parameter limit: the largest message accepted, in bytes.
  init(limit: Int) { self.limit = limit }

  /// Bytes of a message have arrived and more must come.
  var isInsideMessage: Bool { prefixCount > 0 }

  /// Memory of the message that is not complete, in bytes.
  var memory: Int { body.capacity }

  /// Forgets the message that is not complete.
  mutating func reset() {
    prefixCount = 0
    prefix = 0
    body = []
  }

  /// The message, when the chunk is exactly one: what most DATA frames are.
  mutating func receiveWhole(_ chunk: UnsafeRawBufferPointer) -> [UInt8]? {
    guard prefixCount == 0, chunk.count >= Self.prefixBytes, chunk[0] == 0 else { return nil }
    let count = Int(UInt32(bigEndian: chunk.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
    guard count == chunk.count - Self.prefixBytes, count <= limit else { return nil }
    return Array(UnsafeRawBufferPointer(rebasing: chunk[Self.prefixBytes...]))
  }

  /// Takes a chunk and hands each message that is complete with it to `deliver`.
  mutating func receive(_ chunk: UnsafeRawBufferPointer, deliver: ([UInt8]) -> Void) throws(Failure) {
    var rest = chunk
    while true {
      if prefixCount < Self.prefixBytes {
        guard try readPrefix(&rest) else { return }
        body.removeAll(keepingCapacity: false)
        // A lying prefix must not cost memory: grow with what arrives beyond one chunk.
        body.reserveCapacity(min(expected, max(rest.count, 16_384)))
      }
      let taken = min(expected - body.count, rest.count)
      // Doubled as it fills, but never beyond what the message needs.
      if body.count + taken > body.capacity { body.reserveCapacity(min(expected, max(2 * body.capacity, body.count + taken))) }
      body.append(contentsOf: UnsafeRawBufferPointer(rebasing: rest[..<taken]))
      rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
      guard body.count == expected else { return }
      prefixCount = 0
      prefix = 0
      let message = body
      body = []
      deliver(message)
    }
  }

  /// False when the chunk ended inside the prefix.
  private mutating func readPrefix(_ rest: inout UnsafeRawBufferPointer) throws(Failure) -> Bool {
    let taken = min(Self.prefixBytes - prefixCount, rest.count)
    for index in 0..<taken { prefix = prefix << 8 | UInt64(rest[index]) }
    prefixCount += taken
    rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
    guard prefixCount == Self.prefixBytes else { return false }
    switch prefix >> 32 {
    case 0: break
    case 1: throw .compressed
    default: throw .malformed
    }
    expected = Int(prefix & 0xffff_ffff)
    guard expected <= limit else { throw .tooLarge(bytes: expected, limit: limit) }
    return true
  }

  /// Writes the prefix of an uncompressed message into the first five bytes of `frame`, which hold its room.
  static func writePrefix(into frame: inout [UInt8]) {
    let count = UInt32(frame.count - prefixBytes)
    frame[0] = 0
    frame[1] = UInt8(truncatingIfNeeded: count >> 24)
    frame[2] = UInt8(truncatingIfNeeded: count >> 16)
    frame[3] = UInt8(truncatingIfNeeded: count >> 8)
    frame[4] = UInt8(truncatingIfNeeded: count)
  }
}
