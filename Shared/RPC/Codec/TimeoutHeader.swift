/// `grpc-timeout`: at most eight digits and a unit.
enum TimeoutHeader {
  /// nil when the value is none.
  static func decode(_ value: UnsafeBufferPointer<UInt8>) -> Duration? {
    guard value.count >= 2, value.count <= 9 else { return nil }
    var number: Int64 = 0
    for index in 0..<(value.count - 1) {
      guard value[index] >= UInt8(ascii: "0"), value[index] <= UInt8(ascii: "9") else { return nil }
      number = number * 10 + Int64(value[index] - UInt8(ascii: "0"))
    }
    switch value[value.count - 1] {
    case UInt8(ascii: "H"): return .seconds(number * 3_600)
    case UInt8(ascii: "M"): return .seconds(number * 60)
    case UInt8(ascii: "S"): return .seconds(number)
    case UInt8(ascii: "m"): return .milliseconds(number)
    case UInt8(ascii: "u"): return .microseconds(number)
    case UInt8(ascii: "n"): return .nanoseconds(number)
    default: return nil
    }
  }

  /// The finest unit that fits into eight digits, rounded up so that the server does not give up before the client. A time-out that
  /// has passed already becomes 1 ns.
  static func encode(nanoseconds: UInt64) -> [UInt8] {
    let units: [(UInt64, Character)] = [
      (1, "n"), (1_000, "u"), (1_000_000, "m"), (1_000_000_000, "S"), (60_000_000_000, "M"), (3_600_000_000_000, "H"),
    ]
    for (size, letter) in units {
      let number = max(1, nanoseconds / size + (nanoseconds % size == 0 ? 0 : 1))
      if number <= 99_999_999 { return Array("\(number)\(letter)".utf8) }
    }
    return Array("99999999H".utf8)
  }
}
