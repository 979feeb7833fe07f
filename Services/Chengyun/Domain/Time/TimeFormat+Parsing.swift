internal import CityModel

extension TimeFormat {
  /// Reads a time. Throws a sentence that says what does not fit.
  public func parse(_ text: String) throws(TimeFormatError) -> SourceTime {
    switch shape {
    case .iso8601: return try ISO8601Reader.read(text)
    case .epoch(let units):
      guard let number = Double(text), number.isFinite, abs(number) < 1e15 else {
        throw TimeFormatError("\"\(text)\" is no number of \(units == 1 ? "seconds" : "milliseconds") since 1970")
      }
      return .instant(Instant(microseconds: Int64((number * Double(1_000_000 / units)).rounded())))
    case .pieces(let pieces):
      var reader = TimeReader(text: text, pattern: pattern)
      return try reader.read(pieces)
    }
  }
}

/// One reading of one text.
private struct TimeReader {
  private let text: String
  private let pattern: String
  private let bytes: [UInt8]
  private var position = 0
  private var values: [TimeFormat.Letter: Int] = [:]

  init(text: String, pattern: String) {
    self.text = text
    self.pattern = pattern
    bytes = Array(text.utf8)
  }

  mutating func read(_ pieces: [TimeFormat.Piece]) throws(TimeFormatError) -> SourceTime {
    for piece in pieces {
      switch piece {
      case .literal(let expected):
        guard bytes[position...].starts(with: expected) else { throw misfit() }
        position += expected.count
      case .field(.halfDay, _): values[.halfDay] = try halfDay()
      case .field(.offset, _): values[.offset] = try offset()
      case .field(.fraction, _): values[.fraction] = try fraction()
      case .field(let letter, let width): values[letter] = try number(letter, width: width)
      }
    }
    guard position == bytes.count else { throw misfit() }
    return try assembled()
  }

  private func assembled() throws(TimeFormatError) -> SourceTime {
    var year = values[.year]!
    if year < 100 { year += year < 70 ? 2_000 : 1_900 }
    guard let date = LocalDate(year: year, month: values[.month]!, day: values[.day]!) else {
      throw TimeFormatError("\"\(text)\" is no day of the calendar")
    }
    var hour = values[.hour] ?? 0
    if let half = values[.hourOfHalfDay] {
      guard (1...12).contains(half) else { throw TimeFormatError("\"\(text)\" has an hour that is not 1 to 12") }
      hour = half % 12 + (values[.halfDay] == 1 ? 12 : 0)
    }
    guard
      let reading = LocalDateTime(
        date: date, hour: hour, minute: values[.minute] ?? 0, second: values[.second] ?? 0, microsecond: values[.fraction] ?? 0)
    else { throw TimeFormatError("\"\(text)\" is no time of the day") }
    guard let offset = values[.offset] else { return .local(reading) }
    return .instant(reading.instant(offsetSeconds: offset))
  }

  private mutating func number(_ letter: TimeFormat.Letter, width: Int) throws(TimeFormatError) -> Int {
    let longest = letter == .year ? max(width, width == 1 ? 4 : width) : max(width, 2)
    var (value, count) = (0, 0)
    while position < bytes.count, count < longest, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
      value = value * 10 + Int(bytes[position] - UInt8(ascii: "0"))
      position += 1
      count += 1
    }
    guard count >= width else { throw misfit() }
    return value
  }

  private mutating func fraction() throws(TimeFormatError) -> Int {
    var (value, scale, count) = (0, 1_000_000, 0)
    while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
      scale /= 10
      value += Int(bytes[position] - UInt8(ascii: "0")) * scale
      position += 1
      count += 1
    }
    guard (1...9).contains(count) else { throw misfit() }
    return value
  }

  private mutating func halfDay() throws(TimeFormatError) -> Int {
    let word = bytes[position...].prefix(2).map { $0 & 0xDF }
    guard word.count == 2, word[1] == UInt8(ascii: "M"), word[0] == UInt8(ascii: "A") || word[0] == UInt8(ascii: "P") else {
      throw misfit()
    }
    position += 2
    return word[0] == UInt8(ascii: "P") ? 1 : 0
  }

  private mutating func offset() throws(TimeFormatError) -> Int {
    guard position < bytes.count else { throw misfit() }
    let sign = bytes[position]
    position += 1
    if sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z") { return 0 }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { throw misfit() }
    let hours = try number(.hour, width: 2)
    if position < bytes.count, bytes[position] == UInt8(ascii: ":") { position += 1 }
    let minutes = position < bytes.count ? try number(.minute, width: 2) : 0
    guard hours <= 18, minutes < 60 else { throw misfit() }
    return (hours * 3_600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
  }

  private func misfit() -> TimeFormatError { TimeFormatError("\"\(text)\" does not fit the format \(pattern)") }
}

/// `2017-12-31`, `2017-12-31T08:05`, `2017-12-31 08:05:09.25+08:00`: with an offset an instant, without one the wall clock.
private enum ISO8601Reader {
  static func read(_ text: String) throws(TimeFormatError) -> SourceTime {
    for format in formats {
      if let time = try? format.parse(text) { return time }
    }
    throw TimeFormatError("\"\(text)\" is no time of ISO 8601")
  }

  private static let formats: [TimeFormat] = {
    var patterns: [String] = ["yyyy-MM-dd"]
    for separator in ["'T'", " "] {
      for clock in ["HH:mm:ss", "HH:mm:ss.S", "HH:mm"] {
        for zone in ["", "Z"] { patterns.append("yyyy-MM-dd\(separator)\(clock)\(zone)") }
      }
    }
    return patterns.map { pattern in
      guard let format = try? TimeFormat(pattern) else { preconditionFailure("a built-in time format is wrong: \(pattern)") }
      return format
    }
  }()
}

extension LocalDateTime {
  /// The instant at which a clock with this offset to UTC (east is positive) shows this reading.
  fileprivate func instant(offsetSeconds: Int) -> Instant {
    let seconds = Int64(date.daysSinceEpoch) * 86_400 + Int64(secondOfDay) - Int64(offsetSeconds)
    return Instant(microseconds: seconds * 1_000_000 + Int64(microsecond))
  }
}
