import CityModel
import DispatchDomain
import Testing

@Suite struct DeadlineTests {
  /// Filed on Friday at 16:00: two hours on Friday, six on Monday.
  let mondayAt16 = filedAt + hours(72)

  @Test func `the source's deadline comes first, then the standard's, else none`() {
    #expect(filed(filing(due: filedAt + hours(5))).deadline.due == filedAt + hours(5))
    #expect(filed(filing()).deadline.due == mondayAt16)
    #expect(filed(filing(limit: nil)).deadline.words.chinese == "未设期限。")
    #expect(filed(filing(limit: nil)).deadline.due == nil)
    #expect(filed(filing(limit: nil)).overdueMoment == nil)
  }

  @Test func `a deadline is explained by the kind's name and the city's clock`() {
    let standard = filed(filing()).deadline.words
    #expect(standard.chinese.hasPrefix("“暴露生活垃圾”的立案标准：时限8个工作时"))
    #expect(standard.english.hasPrefix("Filing standard for “Litter”: Limit 8 working hours"))
    let source = filed(filing(due: filedAt + hours(5))).deadline.words
    #expect(source.chinese == "期限由来源指定：2017年12月1日 21:00。")
    #expect(source.english == "The source set the deadline: 1 December 2017, 21:00.")
    var nameless = filing()
    (nameless.kindName, nameless.kindNameEnglish) = ("", "")
    #expect(filed(nameless).deadline.words.chinese.hasPrefix("“0110”的立案标准"))
  }

  @Test func `overdue happens at the deadline itself, with supervision, and once`() throws {
    let file = filed(filing())
    #expect(machine.catchUp(file, to: mondayAt16).isEmpty, "the deadline itself is in time")
    let facts = try machine.decide(file, command(.reportHandled, at: mondayAt16 + hours(30)))
    #expect(facts.map(\.kind) == [.overdue, .supervised, .accepted, .handled])
    #expect(facts.prefix(2).map(\.occurredAt) == [mondayAt16, mondayAt16])
    #expect(facts.allSatisfy { !$0.outOfOrder })
    let after = file.applying(facts)
    #expect(after.overdue && after.supervised)
    #expect(machine.catchUp(after, to: mondayAt16 + hours(1_000)).isEmpty)
  }

  @Test func `what is handled in time is not overdue while it waits for its check`() throws {
    let file = try filed(filing()).after(command(.reportHandled, at: filedAt + hours(1)))
    #expect(machine.catchUp(file, to: filedAt + hours(9_000)).isEmpty)
  }

  @Test func `handled in time and told late is not late`() throws {
    let file = filed(filing())
    let swept = file.applying(machine.catchUp(file, to: mondayAt16 + hours(5)))
    let handled = try swept.after(command(.reportHandled, at: mondayAt16))
    #expect(swept.overdue && swept.supervised && !handled.overdue && !handled.supervised)
    // What a person put under supervision stays so.
    let watched = try swept.after(command(.supervise)).after(command(.reportHandled, at: mondayAt16))
    #expect(!watched.overdue && watched.supervised)
  }

  @Test func `the same department resumes its remaining time, without the weekend`() throws {
    // One of eight hours used; returned on Friday 17:00, back on Monday 08:00: seven hours left, due Monday 17:00.
    let returned = try filed(filing()).after(command(.returnTask, as: .crew, at: filedAt + hours(1)))
    #expect(returned.overdueMoment == nil)
    var back = command(.dispatch, at: filedAt + hours(64))
    (back.department, back.crew) = ("环卫", "一班")
    let file = try returned.after(back)
    #expect(file.deadline.due == mondayAt16 + hours(1))
    #expect(file.deadline.pauses == [(filedAt + hours(1))..<(filedAt + hours(64))])
  }

  @Test func `another department starts anew`() throws {
    let returned = try filed(filing()).after(command(.returnTask, as: .crew, at: filedAt + hours(1)))
    let file = try returned.after(command(.dispatch, at: filedAt + hours(64)))
    #expect(file.department == "市政")
    #expect(file.deadline.due == filedAt + hours(64 + 10), "Monday 08:00 and eight working hours")
  }

  @Test func `a deadline of the source stays whoever has the case, and runs while it is returned`() throws {
    let due = filedAt + hours(70)
    let returned = try filed(filing(due: due)).after(command(.returnTask, as: .crew, at: filedAt + hours(1)))
    #expect(returned.overdueMoment == due)
    #expect(try returned.after(command(.dispatch, at: filedAt + hours(64))).deadline.due == due)
  }

  @Test func `rework runs on where the handling stopped`() throws {
    // Handled on Friday 17:00, the check fails on Tuesday 08:00: seven hours left.
    let handled = try filed(filing()).after(command(.reportHandled, at: filedAt + hours(1)))
    let rework = try handled.after(command(.failCheck, as: .checker, at: filedAt + hours(88)))
    #expect(rework.state == .handling && rework.reworkCount == 1 && rework.handledAt == nil)
    #expect(rework.deadline.due == filedAt + hours(88 + 9))
  }

  @Test func `a late case stays late through rework, and a reopened one starts anew`() throws {
    let late = try filed(filing(check: false)).after(command(.reportHandled, at: mondayAt16 + hours(1)))
    #expect(try late.after(command(.failCheck, at: mondayAt16 + hours(2))).overdue)
    let closed = try late.after(command(.close, at: mondayAt16 + hours(2)))
    let reopened = try closed.after(command(.reopen, as: .citizen, at: mondayAt16 + hours(16)))
    #expect(!reopened.overdue && reopened.deadline.due == mondayAt16 + hours(16 + 10))
  }

  @Test func `a reopened case with the source's passed deadline is late from the reopening, not before`() throws {
    let closed = try filed(filing(due: filedAt + hours(5), check: false)).after(command(.reportHandled)).after(command(.close))
    let reopened = try closed.after(command(.reopen, as: .citizen, at: filedAt + hours(50)))
    #expect(reopened.overdueMoment == filedAt + hours(50))
  }

  @Test func `a new calendar moves the open deadlines and says so`() throws {
    let monday = try #require(LocalDate(iso: "2017-12-04"))
    let holiday = try WorkCalendar(timeZone: shanghai, holidays: [Holiday(date: monday, name: "调休")])
    let changed = CaseMachine(city: CityCalendar(version: "2017b", holiday), recordedAt: filedAt + hours(20))
    let file = filed(filing())
    let facts = changed.recount(file, at: filedAt + hours(20))
    #expect(facts.map(\.kind) == [.deadlineChanged])
    #expect(facts.first?.deadline?.due == mondayAt16 + hours(24))
    #expect(facts.first?.reason.contains("2017b") == true)
    let after = file.applying(facts)
    #expect(after.deadline.calendarVersion == "2017b" && changed.recount(after, at: filedAt + hours(21)).isEmpty)
    // An urgent clock doesn't care.
    #expect(changed.recount(filed(filing(limit: HandlingLimit(2, .urgentHour))), at: filedAt + hours(1)).isEmpty)
    // Late already by the old calendar: it was, and the new one lifts it.
    let late = changed.recount(file, at: mondayAt16 + hours(1))
    #expect(late.map(\.kind) == [.overdue, .supervised, .deadlineChanged])
    #expect(!file.applying(late).overdue && !file.applying(late).supervised)
  }
}
