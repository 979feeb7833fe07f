// Rules about accounts: passwords, waiting, sessions, and what a person sees.
import CityModel
import DispatchDomain
import Testing

@Suite struct PasswordRuleTests {
  private func fault(_ password: String, name: String = "zhangsan") -> PasswordRule.Fault? {
    do throws(PasswordRule.Fault) {
      try PasswordRule.check(password, name: name)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: ["correct horse battery", "街道环卫今日清扫三条路", "7fQ-long-and-odd", "kiosk9-maple-river"])
  func goodOnes(password: String) { #expect(fault(password) == nil) }

  @Test(
    arguments: [
      ("short", .tooShort), ("", .tooShort), (String(repeating: "ab c7", count: 26), .tooLong), ("aaaaaaaaaaaa", .wellKnown),
      ("1234567890", .wellKnown), ("abcdefghijkl", .wellKnown), ("Password2026!", .wellKnown), ("qwertyuiop", .wellKnown),
      ("my-ZhangSan-pass", .likeName), ("1112223334", .wellKnown),
    ] as [(String, PasswordRule.Fault)])
  func badOnes(password: String, expected: PasswordRule.Fault) { #expect(fault(password) == expected, "\(password)") }
}

@Suite struct SignInDelayTests {
  private let now = filedAt

  private func fail(_ times: Int, _ delay: SignInDelay, every pause: Duration) -> (passed: Int, throttled: Int) {
    var attempts = Attempts.none(at: now)
    var (passed, throttled) = (0, 0)
    for index in 0..<times {
      do throws(AccountRefusal) {
        attempts = try attempts.trying(delay, at: now + pause * index)
        passed += 1
      } catch {
        throttled += 1
      }
    }
    return (passed, throttled)
  }

  @Test func theFirstOnesAreFreeThenTheWaitDoubles() {
    let delay = SignInDelay.ofName
    #expect((0...5).allSatisfy { delay.wait(after: $0) == .zero })
    #expect((6...10).map { delay.wait(after: $0) } == [1, 2, 4, 8, 16].map { .seconds($0) })
    #expect(delay.wait(after: 1_000_000) == delay.longest)
  }

  /// An hour of guessing, one guess a second.
  @Test func guessingIsSlow() {
    #expect(fail(3_600, .ofName, every: .seconds(1)).passed < 30)
    #expect(fail(3_600, .ofAddress, every: .seconds(1)).passed < 40)
  }

  /// All at the same instant: no more pass than are free.
  @Test func parallelAttemptsDontPassTogether() { #expect(fail(1_000, .ofName, every: .zero).passed == 6) }

  @Test func waitingIsToldInSeconds() throws {
    var attempts = Attempts.none(at: now)
    for _ in 0..<6 { attempts = try attempts.trying(.ofName, at: now) }
    #expect(throws: AccountRefusal.throttled(seconds: 1)) { try attempts.trying(.ofName, at: now) }
    attempts = try attempts.trying(.ofName, at: now + .seconds(1))
    #expect(throws: AccountRefusal.throttled(seconds: 2)) { try attempts.trying(.ofName, at: now + .seconds(1)) }
  }

  @Test func successIsNotCountedAndQuietForgets() throws {
    let attempts = Attempts(failures: 9, lastAt: now, blockedUntil: now)
    #expect(try attempts.trying(.ofName, at: now).succeeded(at: now).failures == 9)
    #expect(try attempts.trying(.ofName, at: now + SignInDelay.memory + .seconds(1)).failures == 1)
  }
}

@Suite struct SessionLifeTests {
  @Test func idleAndLongest() {
    let life = SessionLife(lastUsedAt: filedAt, expiresAt: filedAt + SessionLife.longest)
    #expect(life.isLiving(at: filedAt + .seconds(1_799)) && !life.isLiving(at: filedAt + .seconds(1_800)))
    let busy = SessionLife(lastUsedAt: filedAt + hours(11.9), expiresAt: filedAt + hours(12))
    #expect(busy.isLiving(at: filedAt + hours(12) - .seconds(1)) && !busy.isLiving(at: filedAt + hours(12)))
    #expect(!life.needsTouch(at: filedAt + .seconds(29)) && life.needsTouch(at: filedAt + .seconds(30)))
  }
}

@Suite struct AccountRuleTests {
  private func account(_ change: (inout Account) -> Void) -> Account {
    var account = Account(id: Identifier(high: 1, low: 1), name: "li.si", displayName: "李四", roles: [.dispatcher])
    change(&account)
    return account
  }

  @Test func aDepartmentsPeopleNeedTheirs() throws {
    try account { _ in }.validate()
    #expect(throws: AccountRefusal.departmentRequired) { try account { $0.roles = [.department] }.validate() }
    #expect(throws: AccountRefusal.departmentRequired) {
      try account {
        $0.roles = [.crew]
        $0.department = "环卫"
      }.validate()
    }
    #expect(throws: AccountRefusal.departmentRequired) { try account { $0.crew = "一班" }.validate() }
  }

  @Test(arguments: ["A", "a", "李四", "a b", "a/b", String(repeating: "a", count: 41), ""])
  func whatIsNoName(name: String) { #expect(!Account.isName(name)) }

  @Test func roles() {
    #expect(throws: AccountRefusal.self) { try account { $0.roles = [] }.validate() }
    #expect(throws: AccountRefusal.self) { try account { $0.roles = [.crew, .crew] }.validate() }
  }
}

@Suite struct CaseScopeTests {
  @Test func aDepartmentSeesItsOwn() throws {
    let scope = CaseScope(roles: [.department], department: "环卫", crew: "一班", district: "")
    #expect(scope.contains(department: "环卫", crew: "", district: "D1") && !scope.contains(department: "市政", crew: "", district: "D1"))
    #expect(!scope.contains(department: "", crew: "", district: "D1"))
    #expect(try scope.narrow(department: "", district: "D2") == ("环卫", "D2"))
    #expect(throws: Refusal.notYours) { try scope.narrow(department: "市政", district: "") }
  }

  @Test func aCrewSeesWhatItWasGiven() throws {
    let scope = CaseScope(roles: [.crew], department: "环卫", crew: "一班", district: "")
    #expect(scope.contains(department: "环卫", crew: "一班", district: "D1"))
    #expect(!scope.contains(department: "环卫", crew: "二班", district: "D1") && !scope.contains(department: "环卫", crew: "", district: "D1"))
    #expect(!scope.contains(department: "市政", crew: "一班", district: "D1"))
    #expect(try scope.narrow(crew: "") == "一班")
    #expect(throws: Refusal.notYours) { try scope.narrow(crew: "二班") }
    let both = CaseScope(roles: [.crew, .department], department: "环卫", crew: "一班", district: "")
    #expect(both.contains(department: "环卫", crew: "二班", district: "D1"), "the department's people see all of its crews'")
  }

  @Test func anAccountWithoutDepartmentSeesNothing() {
    let scope = CaseScope(roles: [.crew], department: "", crew: "", district: "")
    #expect(!scope.contains(department: "", crew: "", district: "") && !scope.contains(department: "环卫", crew: "", district: ""))
    #expect(throws: Refusal.notYours) { try scope.narrow(department: "", district: "") }
    #expect(
      !CaseScope(roles: [], department: "", crew: "", district: "").contains(department: "", crew: "", district: ""),
      "nor one without roles")
  }

  @Test func theCentreSeesAllOrItsDistrict() throws {
    #expect(
      CaseScope(roles: [.crew, .dispatcher], department: "环卫", crew: "一班", district: "").contains(department: "市政", crew: "", district: ""))
    let scope = CaseScope(roles: [.centre], department: "", crew: "", district: "D1")
    #expect(scope.contains(department: "市政", crew: "", district: "D1") && !scope.contains(department: "市政", crew: "", district: "D2"))
    #expect(throws: Refusal.notYours) { try scope.narrow(department: "", district: "D2") }
  }
}

@Suite struct PersonRightsTests {
  private func file() throws -> CaseFile { filed(filing(check: false, owner: "环卫")) }

  private func refusal(_ actor: Actor, _ kind: CommandKind = .accept) throws -> Refusal? {
    do throws(Refusal) {
      _ = try machine.decide(try! file(), Command(kind, by: actor, at: filedAt, reason: "因为"))
      return nil
    } catch {
      return error
    }
  }

  @Test func confinedToTheDistrict() throws {
    #expect(try refusal(Actor(id: "1", role: .centre, district: "D1"), .supervise) == nil)
    #expect(try refusal(Actor(id: "1", role: .centre, district: "D2"), .supervise) == .otherDistrict("D1"))
  }

  @Test func confinedToTheCrew() throws {
    let crew = Actor(id: "1", role: .crew, department: "环卫", crew: "一班")
    #expect(try refusal(crew) == .otherCrew(.accept, has: ""), "a department's case that no crew was given")
    var own = try file()
    own.crew = "一班"
    #expect(throws: Never.self) { try machine.decide(own, Command(.accept, by: crew, at: filedAt)) }
    own.crew = "二班"
    #expect(throws: Refusal.otherCrew(.accept, has: "二班")) { try machine.decide(own, Command(.accept, by: crew, at: filedAt)) }
    let both = Actor(id: "1", role: .crew, department: "环卫", crew: "一班", otherRoles: [.department])
    #expect(try machine.decide(own, Command(.accept, by: both, at: filedAt)).last?.actor.role == .department)
  }

  /// The role that fits is the one in the history.
  @Test func severalRoles() throws {
    let person = Actor(id: "1", role: .checker, department: "环卫", otherRoles: [.department, .supervisor])
    #expect(try refusal(person) == nil)
    let facts = try machine.decide(try file(), Command(.accept, by: person, at: filedAt))
    #expect(facts.first?.actor.role == .department)
    #expect(try machine.decide(try file(), Command(.supervise, by: person, at: filedAt, reason: "急")).first?.actor.role == .supervisor)
    let other = Actor(id: "1", role: .checker, department: "市政", otherRoles: [.department])
    #expect(try refusal(other) == .otherDepartment(.accept, has: "环卫"))
    #expect(try refusal(Actor(id: "1", role: .checker)) == .roleMayNot(.accept, .checker))
  }
}
