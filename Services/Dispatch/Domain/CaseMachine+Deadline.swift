public import CityModel

extension CaseMachine {
  /// The facts that time alone made true by `instant`: overdue at the deadline itself, and supervision (督办) with it. Empty when none.
  /// The sweep calls it, and every command does first; whichever comes first, the facts are the same.
  public func catchUp(_ file: CaseFile, to instant: Instant) -> [Fact] {
    var history = Unfolding(file, recordedAt: recordedAt)
    catchUp(&history, to: instant)
    return history.facts
  }

  func catchUp(_ history: inout Unfolding, to instant: Instant) {
    guard let moment = history.file.overdueMoment, moment < instant,
      let overdue = TransitionTable.row(for: .markOverdue, in: history.file.state)
    else { return }
    let words = Words("超过处置期限。", "Past its deadline.")
    history.append(
      overdue, Command(.markOverdue, by: .dispatchService, at: moment, reason: words.chinese, reasonEnglish: words.english))
    guard !history.file.supervised, let supervise = TransitionTable.row(for: .supervise, in: history.file.state) else { return }
    let reason = Words("超期自动督办。", "Supervised by rule: it is overdue.")
    history.append(
      supervise, Command(.supervise, by: .dispatchService, at: moment, reason: reason.chinese, reasonEnglish: reason.english))
  }

  /// An open case counted by the calendar now in force; facts only when its deadline moves. A clock that stands still is
  /// recounted when it runs on.
  public func recount(_ file: CaseFile, at instant: Instant) -> [Fact] {
    guard TransitionTable.row(for: .changeDeadline, in: file.state) != nil else { return [] }
    var history = Unfolding(file, recordedAt: recordedAt)
    catchUp(&history, to: instant)
    let new = file.deadline.recounted(of: file, city)
    guard new.due != file.deadline.due, let row = TransitionTable.row(for: .changeDeadline, in: history.file.state) else { return [] }
    let zone = city.calendar.timeZone
    let none = Words("无", "none")
    let (before, after) = (file.deadline.due.map { zone.local($0).words } ?? none, new.due.map { zone.local($0).words } ?? none)
    let words = Words(
      "工作日历改为 \(city.version)：期限由 \(before.chinese) 变为 \(after.chinese)。",
      "The working calendar is now \(city.version): the deadline moves from \(before.english) to \(after.english).")
    history.append(
      row, Command(.changeDeadline, by: .dispatchService, at: instant, reason: words.chinese, reasonEnglish: words.english),
      deadline: new)
    return history.facts
  }
}
