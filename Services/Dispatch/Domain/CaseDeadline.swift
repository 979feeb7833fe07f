public import CityModel

/// By when a case must be handled, and where that comes from. A deadline from a standard is recomputable: start, limit, pauses and
/// calendar are kept, and the same calendar always gives the same instant.
public struct CaseDeadline: Sendable, Hashable {
  /// The numbers are those of the stored rows.
  public enum Origin: Int16, Sendable, Hashable {
    /// Nothing sets a deadline.
    case none = 0
    /// The source supplied it; it stays as it is whatever happens to the case.
    case source = 1
    /// The filing standard's limit, on its clock.
    case standard = 2
  }

  public var origin: Origin
  public var due: Instant?
  /// How it came about.
  public var words: Words
  /// For `.standard`: when the department's clock started, and when it stood still.
  public var start: Instant
  public var pauses: [Range<Instant>]
  public var calendarVersion: String

  public init(
    origin: Origin, due: Instant?, words: Words, start: Instant, pauses: [Range<Instant>] = [], calendarVersion: String = ""
  ) {
    self.origin = origin
    self.due = due
    self.words = words
    self.start = start
    self.pauses = pauses
    self.calendarVersion = calendarVersion
  }

  /// The source's deadline, else the standard's, else none (DOMAIN §1).
  public static func atFiling(_ filing: Filing, _ city: CityCalendar) -> CaseDeadline {
    if let due = filing.due {
      let words = city.calendar.timeZone.local(due).words
      return CaseDeadline(
        origin: .source, due: due,
        words: Words("期限由来源指定：\(words.chinese)。", "The source set the deadline: \(words.english)."), start: filing.filedAt)
    }
    guard let limit = filing.standard.limit else {
      return CaseDeadline(origin: .none, due: nil, words: Words("未设期限。", "Nothing sets a deadline."), start: filing.filedAt)
    }
    return counted(from: filing.filedAt, limit, pauses: [], kind: filing.kindWords, city)
  }

  /// The standard's whole limit from `start`, without the pauses. People know the standard by the kind that it is for; its id stands in
  /// the case.
  static func counted(
    from start: Instant, _ limit: HandlingLimit, pauses: [Range<Instant>], kind: Words, _ city: CityCalendar
  ) -> CaseDeadline {
    let deadline = city.calendar.deadline(from: start, limit: Int(limit.amount), unit: limit.unit, pauses: pauses)
    let words = Words(
      "“\(kind.chinese)”的立案标准：" + deadline.explanation.chinese,
      "Filing standard for “\(kind.english)”: " + deadline.explanation.english)
    return CaseDeadline(
      origin: .standard, due: deadline.due, words: words, start: start, pauses: pauses, calendarVersion: city.version)
  }

  /// The clock starts again from zero: another department has the case, or it was reopened.
  func restarted(at start: Instant, of file: CaseFile, _ city: CityCalendar) -> CaseDeadline {
    guard origin == .standard, let limit = file.standard.limit else { return self }
    return .counted(from: start, limit, pauses: [], kind: file.kindWords, city)
  }

  /// The clock runs on after it stood still from `stop`: the remaining time is what it was.
  func resumed(after stop: Instant, at resume: Instant, of file: CaseFile, _ city: CityCalendar) -> CaseDeadline {
    guard origin == .standard, let limit = file.standard.limit, stop < resume else { return self }
    return .counted(from: start, limit, pauses: pauses + [stop..<resume], kind: file.kindWords, city)
  }

  /// The same time counted by the calendar now in force.
  func recounted(of file: CaseFile, _ city: CityCalendar) -> CaseDeadline {
    guard origin == .standard, let limit = file.standard.limit, calendarVersion != city.version else { return self }
    return .counted(from: start, limit, pauses: pauses, kind: file.kindWords, city)
  }
}
