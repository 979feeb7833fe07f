public import CityModel

extension CaseStory {
  /// The whole story in words, times on the city's clock.
  public func told(in language: StoryLanguage, zone: CityTimeZone) -> String {
    let teller = Teller(language: language, zone: zone)
    var lines = [teller.title(self), ""]
    lines += teller.section("上报", "Reported", teller.reports(self))
    lines += teller.section("位置", "Where", teller.whereabouts(self))
    lines += teller.section("期限", "Deadline", teller.deadline(self))
    lines += teller.section("经过", "What happened", facts.map(teller.fact))
    lines += teller.section("答复上报人", "What the reporter was told", teller.messages(self))
    return lines.dropLast().joined(separator: "\n") + "\n"
  }
}

/// Puts the parts of a story into one language.
private struct Teller {
  let language: StoryLanguage
  let zone: CityTimeZone

  private var isChinese: Bool { language == .zh }

  func section(_ zh: String, _ en: String, _ entries: [String]) -> [String] {
    let body = entries.isEmpty ? [isChinese ? "无" : "nothing"] : entries
    return [isChinese ? zh : en] + body.map { "  " + $0 } + [""]
  }

  func title(_ story: CaseStory) -> String {
    let state = story.state.word(language)
    let kind = story.kind.text(language)
    let late = story.overdue ? (isChinese ? "，超期" : ", overdue") : ""
    return isChinese ? "案卷 \(story.number)：\(kind)（\(state)\(late)）" : "Case \(story.number): \(kind) (\(state)\(late))"
  }

  func reports(_ story: CaseStory) -> [String] {
    var lines = story.reports.map(report)
    if story.furtherReports > 0 {
      lines.append(isChinese ? "另有 \(story.furtherReports) 条上报未列出" : "\(story.furtherReports) more reports are not listed")
    }
    if let number = story.duplicateOf { lines.append(repeats(number)) }
    return lines
  }

  func messages(_ story: CaseStory) -> [String] {
    story.messages.map(message) + (story.hasFurtherMessages ? [isChinese ? "另有答复未列出" : "more was told, which is not listed"] : [])
  }

  private func report(_ report: CaseStory.Report) -> String {
    let channel = channelWord(report.channel, language)
    var text = isChinese ? "\(time(report.at)) 经\(channel)上报" : "\(time(report.at)) by \(channel)"
    if !report.reporter.isEmpty { text += isChinese ? "，上报人 \(report.reporter)" : ", from \(report.reporter)" }
    if !report.externalRef.isEmpty { text += isChinese ? "，原平台编号 \(report.externalRef)" : ", number \(report.externalRef) in the source" }
    if !report.text.isEmpty { text += isChinese ? "：“\(report.text.text(language))”" : ": “\(report.text.text(language))”" }
    if !report.duplicateReason.isEmpty {
      text += (isChinese ? "。重复识别：" : ". Duplicate: ") + report.duplicateReason.text(language)
    }
    for item in report.evidence { text += (isChinese ? "。附：" : ". With it: ") + item }
    return text
  }

  private func repeats(_ number: String) -> String {
    isChinese ? "与案卷 \(number) 重复，已关联，仍单独处置" : "repeats case \(number); linked to it, and handled on its own"
  }

  func whereabouts(_ story: CaseStory) -> [String] {
    var lines: [String] = []
    if !story.place.address.isEmpty { lines.append(story.place.address) }
    if !story.divisions.isEmpty { lines.append(story.divisions.map { $0.text(language) }.joined(separator: isChinese ? "，" : ", ")) }
    if let point = story.place.point {
      let pair = "\(fixed(point.latitude, 6)), \(fixed(point.longitude, 6))"
      lines.append(isChinese ? "坐标（纬度，经度） \(pair)" : "latitude, longitude \(pair)")
    }
    if story.unplaced {
      let why = story.reports.first { !$0.unplacedReason.isEmpty }?.unplacedReason.text(language) ?? ""
      lines.append((isChinese ? "未落位" : "not placed") + (why.isEmpty ? "" : (isChinese ? "：" : ": ") + why))
    }
    return lines
  }

  func deadline(_ story: CaseStory) -> [String] {
    var lines: [String] = []
    if let due = story.due {
      lines.append(time(due))
    } else {
      lines.append(isChinese ? "没有期限" : "no deadline")
    }
    if !story.dueExplanation.isEmpty { lines.append((isChinese ? "计算依据：" : "how it came about: ") + story.dueExplanation.text(language)) }
    if !story.standard.isEmpty { lines.append((isChinese ? "立案标准：" : "filing standard: ") + story.standard) }
    guard let due = story.due, let ended = story.facts.last(where: { $0.kind == .closed })?.at, story.state == .closed else { return lines }
    let onTime = ended <= due
    lines.append(
      isChinese
        ? (onTime ? "按期结案，提前 \(span(due - ended))" : "超期结案，晚 \(span(ended - due))")
        : (onTime ? "closed on time, \(span(due - ended)) early" : "closed late by \(span(ended - due))"))
    return lines
  }

  func fact(_ fact: CaseStory.Fact) -> String {
    var text = "\(time(fact.at)) \(fact.kind.word(language))"
    let to = [fact.department, fact.crew].filter { !$0.isEmpty }.map { $0.text(language) }.joined(separator: " / ")
    if !to.isEmpty, [.dispatched, .accepted, .handled, .referred].contains(fact.kind) {
      text += fact.kind == .dispatched ? (isChinese ? "至 \(to)" : " to \(to)") : (isChinese ? "（\(to)）" : " (\(to))")
    }
    if !fact.actor.isEmpty { text += (isChinese ? "，经办 " : ", by ") + fact.actor.text(language) }
    if !fact.reason.isEmpty { text += (isChinese ? "。" : ". ") + fact.reason.text(language) }
    if fact.outOfOrder { text += isChinese ? "（来源时间早于前一步，照录）" : " (earlier than the step before it in the source; kept as it is)" }
    return text
  }

  private func message(_ message: CaseStory.Message) -> String {
    let read = message.delivered ? (isChinese ? "已读" : "read") : (isChinese ? "待读取" : "not read yet")
    return "\(time(message.at)) \(message.text.text(language)) (\(read))"
  }

  /// The wall clock of the city, to the second.
  private func time(_ instant: Instant) -> String {
    let local = zone.local(Instant(seconds: instant.microseconds / 1_000_000))
    return String("\(local)".map { $0 == "T" ? " " : $0 })
  }

  private func span(_ duration: Duration) -> String {
    let minutes = duration.components.seconds / 60
    let (days, hours, rest) = (minutes / 1_440, minutes / 60 % 24, minutes % 60)
    if isChinese { return days > 0 ? "\(days) 天 \(hours) 小时" : "\(hours) 小时 \(rest) 分钟" }
    return days > 0 ? "\(days) d \(hours) h" : "\(hours) h \(rest) min"
  }
}
