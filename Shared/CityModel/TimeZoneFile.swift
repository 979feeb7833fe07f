/// A parsed TZif file (RFC 8536).
struct TimeZoneFile {
  private(set) var transitions: [Int64] = []
  private(set) var offsets: [Int32] = []
  private(set) var firstOffset: Int32 = 0
  /// The POSIX rule for the time after the last change, empty in version 1.
  private(set) var footer = ""

  init(_ bytes: [UInt8]) throws(TimeZoneError) {
    var reader = Reader(bytes: bytes)
    let first = try Header(&reader)
    if first.version < 2 {
      try readBody(first, &reader, timeWidth: 4)
      return
    }
    try reader.skip(first.bodyLength(timeWidth: 4))
    let second = try Header(&reader)
    try readBody(second, &reader, timeWidth: 8)
    let rest = bytes[reader.position...]
    if rest.first == 10, let end = rest.dropFirst().firstIndex(of: 10) {
      footer = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
    }
  }

  private mutating func readBody(_ header: Header, _ reader: inout Reader, timeWidth: Int) throws(TimeZoneError) {
    for _ in 0..<header.timeCount { transitions.append(try reader.integer(width: timeWidth)) }
    var types: [Int] = []
    for _ in 0..<header.timeCount { types.append(Int(try reader.byte())) }
    var typeOffsets: [Int32] = []
    for _ in 0..<header.typeCount {
      typeOffsets.append(Int32(truncatingIfNeeded: try reader.integer(width: 4)))
      try reader.skip(2)
    }
    guard types.allSatisfy({ $0 < typeOffsets.count }), let initial = typeOffsets.first else {
      throw .malformed("a transition names a type that is not there")
    }
    guard zip(transitions, transitions.dropFirst()).allSatisfy({ $0 < $1 }) else { throw .malformed("transitions out of order") }
    firstOffset = initial
    offsets = types.map { typeOffsets[$0] }
    try reader.skip(header.abbreviationLength + header.leapCount * (timeWidth + 4) + header.standardCount + header.universalCount)
  }

  private struct Header {
    let version: Int
    let universalCount, standardCount, leapCount, timeCount, typeCount, abbreviationLength: Int

    init(_ reader: inout Reader) throws(TimeZoneError) {
      guard try reader.integer(width: 4) == 0x545A_6966 else { throw .malformed("no TZif at its start") }
      let digit = try reader.byte()
      version = digit == 0 ? 1 : Int(digit) - 48
      try reader.skip(15)
      universalCount = Int(try reader.integer(width: 4))
      standardCount = Int(try reader.integer(width: 4))
      leapCount = Int(try reader.integer(width: 4))
      timeCount = Int(try reader.integer(width: 4))
      typeCount = Int(try reader.integer(width: 4))
      abbreviationLength = Int(try reader.integer(width: 4))
      let counts = [universalCount, standardCount, leapCount, timeCount, typeCount, abbreviationLength]
      guard counts.allSatisfy({ (0...100_000).contains($0) }) else { throw .malformed("a count out of range") }
    }

    func bodyLength(timeWidth: Int) -> Int {
      timeCount * (timeWidth + 1) + typeCount * 6 + abbreviationLength + leapCount * (timeWidth + 4) + standardCount + universalCount
    }
  }

  private struct Reader {
    let bytes: [UInt8]
    var position = 0

    mutating func byte() throws(TimeZoneError) -> UInt8 {
      guard position < bytes.count else { throw .malformed("it ends early") }
      defer { position += 1 }
      return bytes[position]
    }

    mutating func integer(width: Int) throws(TimeZoneError) -> Int64 {
      guard width <= bytes.count - position else { throw .malformed("it ends early") }
      var value = Int64(Int8(bitPattern: bytes[position]))
      for index in 1..<width { value = value << 8 | Int64(bytes[position + index]) }
      position += width
      return value
    }

    mutating func skip(_ count: Int) throws(TimeZoneError) {
      guard count <= bytes.count - position else { throw .malformed("it ends early") }
      position += count
    }
  }
}
