public import CityModel

/// How a source writes its times.
///
/// Letters: `yyyy yy MM M dd d HH H hh h mm m ss s S…` (fraction), `a` (AM/PM), `Z` (offset: `Z`, `+08:00`, `+0800`, `+08`);
/// text in single quotes and every other character stand for themselves. Or one of the words `iso8601`, `epoch_seconds`,
/// `epoch_milliseconds`. A number may be shorter than its letters only where one letter is written.
public struct TimeFormat: Sendable, Hashable {
  enum Piece: Sendable, Hashable {
    case literal([UInt8])
    case field(Letter, width: Int)
  }

  enum Letter: Character, Sendable, Hashable {
    case year = "y", month = "M", day = "d", hour = "H", hourOfHalfDay = "h", minute = "m", second = "s", fraction = "S"
    case halfDay = "a", offset = "Z"
  }

  enum Shape: Sendable, Hashable {
    case pieces([Piece])
    case iso8601
    case epoch(unitsPerSecond: Int64)
  }

  public let pattern: String
  let shape: Shape

  /// Throws a sentence when the pattern makes no sense.
  public init(_ pattern: String) throws(TimeFormatError) {
    self.pattern = pattern
    switch pattern {
    case "iso8601": shape = .iso8601
    case "epoch_seconds": shape = .epoch(unitsPerSecond: 1)
    case "epoch_milliseconds": shape = .epoch(unitsPerSecond: 1_000)
    default: shape = .pieces(try Self.pieces(of: pattern))
    }
  }

  private static func pieces(of pattern: String) throws(TimeFormatError) -> [Piece] {
    var pieces: [Piece] = []
    var rest = Substring(pattern)
    func literal(_ text: some StringProtocol) {
      if case .literal(let bytes)? = pieces.last {
        pieces[pieces.count - 1] = .literal(bytes + Array(text.utf8))
      } else {
        pieces.append(.literal(Array(text.utf8)))
      }
    }
    while let character = rest.first {
      if character == "'" {
        guard let end = rest.dropFirst().firstIndex(of: "'") else { throw TimeFormatError("a single quote is not closed") }
        let text = rest[rest.index(after: rest.startIndex)..<end]
        literal(text.isEmpty ? "'" : text)
        rest = rest[rest.index(after: end)...]
      } else if let letter = Letter(rawValue: character) {
        let run = rest.prefix { $0 == character }
        pieces.append(.field(letter, width: run.count))
        rest = rest.dropFirst(run.count)
      } else if character.isLetter, character.isASCII {
        throw TimeFormatError("\(character) is no letter of a time format; put text in single quotes")
      } else {
        literal(String(character))
        rest = rest.dropFirst()
      }
    }
    let letters = pieces.compactMap { piece -> Letter? in if case .field(let letter, _) = piece { letter } else { nil } }
    guard [.year, .month, .day].allSatisfy(letters.contains) else { throw TimeFormatError("year, month and day are needed (yyyy, MM, dd)") }
    guard Set(letters).count == letters.count else { throw TimeFormatError("a letter is used twice") }
    guard letters.contains(.hourOfHalfDay) == letters.contains(.halfDay) else { throw TimeFormatError("h and a go together") }
    guard !(letters.contains(.hour) && letters.contains(.hourOfHalfDay)) else { throw TimeFormatError("H and h exclude each other") }
    return pieces
  }
}

/// Why a pattern or a time is not understood.
public struct TimeFormatError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}

/// What a time says: an instant by itself, or a reading of the wall clock.
public enum SourceTime: Sendable, Hashable {
  case instant(Instant)
  case local(LocalDateTime)

  public func instant(in zone: CityTimeZone) -> Instant {
    switch self {
    case .instant(let instant): instant
    case .local(let reading): zone.instant(of: reading)
    }
  }

  /// The last microsecond of its day in `zone`.
  public func endOfDay(in zone: CityTimeZone) -> Instant {
    let date =
      switch self {
      case .instant(let instant): zone.local(instant).date
      case .local(let reading): reading.date
      }
    return zone.instant(of: LocalDateTime(date: date.adding(days: 1))!) - .microseconds(1)
  }
}
