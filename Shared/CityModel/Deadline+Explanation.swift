extension WorkCalendar {
  /// Says in words what was counted and what was not. Days beyond `Explanation.maxDays` are summed up.
  func explain(
    from start: Instant, due: Instant, limit: Int, unit: LimitUnit, intervals: [CountedInterval], pauses: [Range<Instant>]
  ) -> Deadline.Explanation {
    let days = countedDays(intervals)
    let skipped = unit.isWorkingTime ? skippedDays(from: start, to: due) : []
    return Deadline.Explanation(
      chinese: sentence(.chinese, start, due, limit, unit, days, skipped, hasPauses: !pauses.isEmpty),
      english: sentence(.english, start, due, limit, unit, days, skipped, hasPauses: !pauses.isEmpty))
  }

  private enum Language { case chinese, english }

  private struct CountedDay {
    let date: LocalDate
    var stretches: [String]
    var total: Duration
  }

  /// Only the working clocks are listed by day; a continuous one is one stretch.
  private func countedDays(_ intervals: [CountedInterval]) -> [CountedDay] {
    var days: [CountedDay] = []
    for interval in intervals {
      let (from, to) = (timeZone.local(interval.start), timeZone.local(interval.end))
      let text = from.date == to.date ? "\(from.clock)–\(to.clock)" : "\(from.clock)–\(to.date) \(to.clock)"
      if days.last?.date == from.date {
        days[days.count - 1].stretches.append(text)
        days[days.count - 1].total += interval.duration
      } else {
        days.append(CountedDay(date: from.date, stretches: [text], total: interval.duration))
      }
    }
    return days
  }

  /// Days between start and due that did not count, with the reason.
  private func skippedDays(from start: Instant, to due: Instant) -> [(date: LocalDate, holiday: String?)] {
    var skipped: [(LocalDate, String?)] = []
    var day = timeZone.date(start)
    let last = timeZone.date(due)
    while day <= last {
      if !isWorkingDay(day) { skipped.append((day, holidays[day])) }
      day = day.adding(days: 1)
    }
    return skipped
  }

  private func sentence(
    _ language: Language, _ start: Instant, _ due: Instant, _ limit: Int, _ unit: LimitUnit, _ days: [CountedDay],
    _ skipped: [(date: LocalDate, holiday: String?)], hasPauses: Bool
  ) -> String {
    let (from, to) = (timeZone.local(start), timeZone.local(due))
    var parts: [String] = []
    let isChinese = language == .chinese
    parts.append(
      isChinese
        ? "时限\(limit)\(name(unit, limit, language))，自\(from.date) \(from.clock)起算"
        : "Limit \(limit) \(name(unit, limit, language)), counted from \(from.date) \(from.clock)")
    for day in days.prefix(Self.maxExplainedDays) {
      let stretches = day.stretches.joined(separator: isChinese ? "、" : ", ")
      parts.append(
        isChinese ? "\(day.date) \(stretches)计\(amount(day.total, language))" : "\(day.date) \(stretches): \(amount(day.total, language))")
    }
    if days.count > Self.maxExplainedDays {
      let rest = days.dropFirst(Self.maxExplainedDays)
      let total = amount(rest.reduce(.zero) { $0 + $1.total }, language)
      parts.append(isChinese ? "其余\(rest.count)天共计\(total)" : "\(rest.count) further days: \(total)")
    }
    if let text = skippedText(skipped, language) { parts.append(text) }
    if hasPauses { parts.append(isChinese ? "暂停期间不计" : "pauses not counted") }
    parts.append(isChinese ? "\(to.date) \(to.clock)到期" : "due \(to.date) \(to.clock)")
    return parts.joined(separator: isChinese ? "；" : "; ") + (isChinese ? "。" : ".")
  }

  /// Runs of skipped days under one name: weekend, or the holiday's name.
  private func skippedText(_ skipped: [(date: LocalDate, holiday: String?)], _ language: Language) -> String? {
    let weekend = language == .chinese ? "周末" : "weekend"
    var runs: [(first: LocalDate, last: LocalDate, name: String)] = []
    for day in skipped {
      let name = day.holiday ?? weekend
      if let run = runs.last, run.name == name, run.last.adding(days: 1) == day.date {
        runs[runs.count - 1].last = day.date
      } else {
        runs.append((day.date, day.date, name))
      }
    }
    guard !runs.isEmpty else { return nil }
    let shown = runs.prefix(Self.maxExplainedDays).map { run in
      let span = run.first == run.last ? "\(run.first)" : "\(run.first)\(language == .chinese ? "至" : " to ")\(run.last)"
      return "\(span) \(run.name)"
    }
    let more = runs.count > Self.maxExplainedDays ? (language == .chinese ? "等" : " and more") : ""
    let list = shown.joined(separator: language == .chinese ? "、" : ", ") + more
    return language == .chinese ? "不计：\(list)" : "not counted: \(list)"
  }

  private func name(_ unit: LimitUnit, _ limit: Int, _ language: Language) -> String {
    let plural = limit == 1 ? "" : "s"
    return switch (unit, language) {
    case (.urgentHour, .chinese): "个紧急工作时"
    case (.workingHour, .chinese): "个工作时"
    case (.workingDay, .chinese): "个工作日（每日8个工作时）"
    case (.naturalDay, .chinese): "个自然日"
    case (.urgentHour, .english): "urgent hour\(plural) (nights and holidays count)"
    case (.workingHour, .english): "working hour\(plural)"
    case (.workingDay, .english): "working day\(plural) of 8 working hours"
    case (.naturalDay, .english): "calendar day\(plural)"
    }
  }

  private func amount(_ duration: Duration, _ language: Language) -> String {
    let seconds = duration.components.seconds
    let units: [(Int64, String, String)] = [(seconds / 3_600, "小时", " h"), (seconds / 60 % 60, "分", " min"), (seconds % 60, "秒", " s")]
    let shown = units.filter { $0.0 > 0 }
    if shown.isEmpty { return language == .chinese ? "0分" : "0 min" }
    return shown.map { "\($0.0)\(language == .chinese ? $0.1 : $0.2)" }.joined(separator: language == .chinese ? "" : " ")
  }

  /// An explanation lists at most this many days one by one.
  private static let maxExplainedDays = 15
}
