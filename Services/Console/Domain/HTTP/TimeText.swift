public import CityModel

/// Times in JSON: ISO 8601 with the city's offset.
public enum TimeText {
  /// For instance `2017-12-01T08:05:00-08:00`; the fraction only where there is one.
  public static func render(_ instant: Instant, in zone: CityTimeZone) -> String {
    let minutes = zone.offset(at: instant) / 60
    let magnitude = abs(minutes)
    return "\(zone.local(instant))\(minutes < 0 ? "-" : "+")\(two(magnitude / 60)):\(two(magnitude % 60))"
  }

  /// Reads `2017-12-01` (midnight in the zone) and `2017-12-01T08:05[:00[.123]][Z|±hh:mm]` (without an offset: the zone's).
  /// Nil for all else.
  public static func parse(_ text: String, in zone: CityTimeZone) -> Instant? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 10, bytes.count <= 40, let date = LocalDate(iso: String(decoding: bytes[..<10], as: UTF8.self)) else { return nil }
    if bytes.count == 10 { return zone.instant(of: date) }
    guard bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " ") else { return nil }
    var reader = ClockReader(bytes: bytes[11...])
    guard let reading = reader.reading(on: date) else { return nil }
    switch reader.offsetMinutes() {
    case .none: return nil
    case .some(.none): return zone.instant(of: reading)
    case .some(.some(let minutes)):
      let utc = CityTimeZone.utc.instant(of: reading)
      return utc - .seconds(minutes * 60)
    }
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

private struct ClockReader {
  var bytes: ArraySlice<UInt8>

  mutating func reading(on date: LocalDate) -> LocalDateTime? {
    guard let hour = twoDigits(), take(UInt8(ascii: ":")), let minute = twoDigits() else { return nil }
    var second = 0
    var microsecond = 0
    if take(UInt8(ascii: ":")) {
      guard let given = twoDigits() else { return nil }
      second = given
      if take(UInt8(ascii: ".")) {
        guard let given = fraction() else { return nil }
        microsecond = given
      }
    }
    return LocalDateTime(date: date, hour: hour, minute: minute, second: second, microsecond: microsecond)
  }

  /// The outer nil: unreadable. The inner one: none is given.
  mutating func offsetMinutes() -> Int?? {
    if bytes.isEmpty { return .some(.none) }
    if take(UInt8(ascii: "Z")) { return bytes.isEmpty ? .some(0) : .none }
    let sign = take(UInt8(ascii: "-")) ? -1 : 1
    // A plus sign in a query that nobody escaped arrives as a blank.
    if sign == 1, !take(UInt8(ascii: "+")), !take(UInt8(ascii: " ")) { return .none }
    guard let hours = twoDigits(), hours < 24 else { return .none }
    _ = take(UInt8(ascii: ":"))
    guard let minutes = twoDigits(), minutes < 60, bytes.isEmpty else { return .none }
    return .some(sign * (hours * 60 + minutes))
  }

  private mutating func fraction() -> Int? {
    var digits = 0
    var value = 0
    while let byte = bytes.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      if digits < 6 { value = value * 10 + Int(byte - UInt8(ascii: "0")) }
      digits += 1
      bytes.removeFirst()
    }
    guard digits > 0 else { return nil }
    for _ in min(digits, 6)..<6 { value *= 10 }
    return value
  }

  private mutating func twoDigits() -> Int? {
    guard bytes.count >= 2, let tens = digit(bytes[bytes.startIndex]), let ones = digit(bytes[bytes.startIndex + 1]) else { return nil }
    bytes.removeFirst(2)
    return tens * 10 + ones
  }

  private func digit(_ byte: UInt8) -> Int? {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte - UInt8(ascii: "0")) : nil
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard bytes.first == byte else { return false }
    bytes.removeFirst()
    return true
  }
}
