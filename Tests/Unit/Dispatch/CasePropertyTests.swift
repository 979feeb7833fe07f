import CityModel
import DispatchDomain
import Testing

/// SplitMix64: the same sequence for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

/// Random lives of a case; the seed is the test's argument.
@Suite struct CasePropertyTests {
  static let commands: [CommandKind] = CommandKind.allCases.filter { ![.markOverdue, .markNotDispatchable, .changeDeadline].contains($0) }

  struct Script {
    let filing: Filing
    let commands: [Command]

    /// - Parameter contradicting: Now and then the source says that something happened before what must precede it.
    init(seed: UInt64, contradicting: Bool = true) {
      var random = SeededGenerator(state: seed)
      let limits: [HandlingLimit?] = [nil, HandlingLimit(4, .workingHour), HandlingLimit(2, .urgentHour), HandlingLimit(3, .naturalDay)]
      let due = Int.random(in: 0..<3, using: &random) == 0 ? filedAt + hours(Double.random(in: -20..<80, using: &random)) : nil
      filing = DispatchDomainTests.filing(limit: limits.randomElement(using: &random)!, due: due, check: Bool.random(using: &random))
      var at = filedAt
      commands = (0..<30).map { _ in
        at += .seconds(Int.random(in: 0..<40_000, using: &random))
        let told = contradicting && Int.random(in: 0..<12, using: &random) == 0 ? at - hours(30) : at
        var command = command(CasePropertyTests.commands.randomElement(using: &random)!, at: told)
        command.department = ["环卫", "市政"].randomElement(using: &random)!
        return command
      }
    }
  }

  @Test(arguments: UInt64(1)...300) func `versions grow by one, ends stay, counts and times agree`(seed: UInt64) {
    let script = Script(seed: seed)
    var (file, facts) = machine.file(script.filing, matrix: matrix)
    var history: [Fact] = []
    func take(_ new: [Fact]) {
      for fact in new {
        #expect(fact.version == file.version + 1)
        #expect(fact.from == (file.version == 0 ? nil : file.state))
        file.apply(fact)
        history.append(fact)
        check(file)
      }
    }
    take(facts)
    for command in script.commands {
      let before = file
      facts = (try? machine.decide(file, command)) ?? []
      take(facts)
      if before.state == .cancelled || before.state == .referred { #expect(file.state == before.state) }
    }
    let steps = Set(TransitionTable.steps.map { [$0.fact.rawValue, $0.from.rawValue, $0.to.rawValue] })
    for fact in history.dropFirst() { #expect(steps.contains([fact.kind.rawValue, fact.from!.rawValue, fact.to.rawValue])) }
    #expect(file.returnCount == Int32(history.count { $0.kind == .returned }))
    #expect(file.reworkCount == Int32(history.count { $0.kind == .checkFailed }))
  }

  /// What the database's CHECK constraints say of a case.
  private func check(_ file: CaseFile) {
    #expect([.closed, .cancelled, .referred].contains(file.state) == (file.endedAt != nil))
    #expect(!file.state.isTask || (!file.department.isEmpty && file.dispatchedAt != nil))
    #expect(![.handled, .pendingClose, .closed].contains(file.state) || file.handledAt != nil)
    #expect(!file.overdue || file.deadline.due != nil)
    #expect(file.reportCount >= 0)
    #expect(file.supervised || !file.supervisedByRule)
    #expect((file.clockStoppedAt != nil) == [.returned, .handled, .pendingClose, .closed].contains(file.state) || !file.state.isOpen)
  }

  /// However often the sweep comes, and even if never: the same facts.
  @Test(arguments: UInt64(1)...300) func `the facts don't depend on the sweep`(seed: UInt64) {
    let script = Script(seed: seed, contradicting: false)
    var random = SeededGenerator(state: seed &* 7_919)
    func live(sweeping: Bool) -> [Fact] {
      var (file, history) = machine.file(script.filing, matrix: matrix)
      file = file.applying(history)
      func take(_ new: [Fact]) {
        file = file.applying(new)
        history += new
      }
      var last = filedAt
      for command in script.commands {
        // The clock never passes the next command: the replay drives it in steps behind which the commands lie.
        if sweeping, command.at > last {
          take(machine.catchUp(file, to: last + .microseconds(Int64.random(in: 0...(command.at - last).wholeMicroseconds, using: &random))))
        }
        last = max(last, command.at)
        // A refused command must not count: without the sweep its catching up comes with the next one.
        take((try? machine.decide(file, command)) ?? [])
      }
      take(machine.catchUp(file, to: last + hours(10_000)))
      return history
    }
    #expect(live(sweeping: true) == live(sweeping: false))
  }

  /// The deadline that stands is the deadline that the stored parts give.
  @Test(arguments: UInt64(1)...300) func `every deadline is recomputable`(seed: UInt64) throws {
    let script = Script(seed: seed)
    var file = filed(script.filing)
    for command in script.commands {
      file = file.applying((try? machine.decide(file, command)) ?? [])
      guard file.deadline.origin == .standard, let limit = file.standard.limit else { continue }
      let due = city.calendar.due(from: file.deadline.start, limit: Int(limit.amount), unit: limit.unit, pauses: file.deadline.pauses)
      #expect(due == file.deadline.due)
    }
  }
}
