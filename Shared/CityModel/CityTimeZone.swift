/// The time zone of the city: local time from UTC and back, by the rules of the IANA database.
///
/// Where a local time does not exist (clocks go forward), it is read with the offset before the change: 02:30 in a gap of an hour is
/// 03:30. Where it exists twice (clocks go back), the earlier one is meant.
public struct CityTimeZone: Sendable {
  public let name: String
  /// Changes of the offset, ascending, in seconds since 1970; `offsets[i]` holds from `transitions[i]` on.
  private let transitions: [Int64]
  private let offsets: [Int32]
  /// Before the first change.
  private let firstOffset: Int32
  /// After the last change.
  private let tail: PosixTimeZoneRule?

  public static let utc = CityTimeZone(name: "UTC", fixedOffset: 0)

  /// A zone that never changes its clocks.
  /// - Parameter fixedOffset: Seconds east of Greenwich.
  public init(name: String, fixedOffset: Int32) {
    self.name = name
    transitions = []
    offsets = []
    firstOffset = fixedOffset
    tail = nil
  }

  /// - Parameter tzif: A file as RFC 8536 describes it; versions 1 to 4.
  public init(name: String, tzif bytes: [UInt8]) throws(TimeZoneError) {
    let file = try TimeZoneFile(bytes)
    self.name = name
    transitions = file.transitions
    offsets = file.offsets
    firstOffset = file.firstOffset
    tail = file.footer.isEmpty ? nil : PosixTimeZoneRule(file.footer)
  }

  /// Seconds east of Greenwich.
  public func offset(at instant: Instant) -> Int {
    Int(offset(atSeconds: instant.seconds))
  }

  public func local(_ instant: Instant) -> LocalDateTime {
    let seconds = instant.seconds
    return LocalDateTime(
      secondsSinceEpoch: seconds + Int64(offset(atSeconds: seconds)),
      microsecond: Int32(instant.microseconds.flooredRemainder(by: 1_000_000)))
  }

  public func instant(of local: LocalDateTime) -> Instant {
    instant(ofLocalSeconds: local.secondsSinceEpoch) + .microseconds(Int64(local.microsecond))
  }

  /// - Parameter secondOfDay: 0 to 86,400; the last is the midnight that ends the day.
  public func instant(of date: LocalDate, secondOfDay: Int = 0) -> Instant {
    instant(ofLocalSeconds: Int64(date.daysSinceEpoch) * 86_400 + Int64(secondOfDay))
  }

  /// The day that the city's calendar shows.
  public func date(_ instant: Instant) -> LocalDate { local(instant).date }

  private func instant(ofLocalSeconds local: Int64) -> Instant {
    let before = Int64(offset(atSeconds: local - 86_400))
    let after = Int64(offset(atSeconds: local + 86_400))
    if before == after || offset(atSeconds: local - before) == before { return Instant(seconds: local - before) }
    if offset(atSeconds: local - after) == after { return Instant(seconds: local - after) }
    return Instant(seconds: local - before)
  }

  private func offset(atSeconds seconds: Int64) -> Int32 {
    guard let last = transitions.last else { return tail?.offset(atSeconds: seconds) ?? firstOffset }
    if seconds >= last, let tail { return tail.offset(atSeconds: seconds) }
    var (low, high) = (0, transitions.count)
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? firstOffset : offsets[low - 1]
  }
}

public enum TimeZoneError: Error, Sendable, Hashable, CustomStringConvertible {
  case unknownName(String)
  case malformed(String)

  public var description: String {
    switch self {
    case .unknownName(let name): "there is no time zone \"\(name)\" in /usr/share/zoneinfo (install the package tzdata)"
    case .malformed(let what): "not a time zone file: \(what)"
    }
  }
}
