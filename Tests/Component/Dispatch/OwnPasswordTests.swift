// What is done with the own password: it is asked for before anything is changed that one signs in with, and asking again is safe.
import AccountsAPI
import CityModel
import CommonAPI
import Cryptography
import DispatchDomain
import Postgres
import RPC
import Reactor
import Synchronization
import TestKit
import Testing

@testable import DispatchService

private let password = "kiosk9-maple-river"
private let better = "correct horse battery"

extension TestAccounts {
  fileprivate func begin(_ session: String, _ password: String, from address: String = "10.0.0.1") async throws
    -> BeginSecondFactorResponse
  {
    let request = BeginSecondFactorRequest(sessionToken: session, origin: Origin(address: address), password: password)
    return try await rpc.beginSecondFactor(request, call(AccountsMethods.beginSecondFactor, as: "console"))
  }

  fileprivate func change(_ session: String, _ old: String, _ new: String, deadline: MonotonicTime? = nil) async throws {
    let request = ChangePasswordRequest(sessionToken: session, oldPassword: old, newPassword: new)
    let peer = Peer(address: "x", identity: node.identity(of: "console"))
    _ = try await rpc.changePassword(request, CallContext(method: AccountsMethods.changePassword, peer: peer, deadline: deadline))
  }

  fileprivate func failures(_ subject: String) async throws -> Int32 {
    try await database.query("SELECT failures FROM sign_in_attempts WHERE subject = \(subject)").column(Int32.self).first ?? 0
  }
}

@Suite(.timeLimit(.minutes(5))) struct OwnPasswordTests {
  /// A session that was left open or stolen is not enough, neither for the first second factor nor for another one.
  @Test func `a second factor is begun and replaced with the password only`() async throws {
    try await withAccounts { test in
      try await test.user("li")
      let session = try await test.signIn("li").sessionToken
      for wrong in ["", "wrong-password", better] {
        #expect(await code { _ = try await test.begin(session, wrong) } == "password_wrong")
      }
      #expect(try await test.database.query("SELECT pending_factor FROM accounts").column([UInt8]?.self) == [nil])
      let begun = try await test.begin(session, password)
      let secret = try #require(RFC4648.decode(begun.secret))
      let code6 = TOTP.code(of: TOTP.step(at: test.clock.now().seconds), secret: secret)
      _ = try await test.rpc.confirmSecondFactor(
        ConfirmSecondFactorRequest(sessionToken: session, totpCode: code6), call(AccountsMethods.confirmSecondFactor))
      let enrolled = try await test.database.query("SELECT second_factor FROM accounts").column([UInt8].self)
      #expect(await code { _ = try await test.begin(session, "wrong-password") } == "password_wrong", "replacing it, too")
      #expect(try await test.database.query("SELECT pending_factor FROM accounts").column([UInt8]?.self) == [nil])
      #expect(try await test.begin(session, password).secret != begun.secret)
      #expect(try await test.database.query("SELECT second_factor FROM accounts").column([UInt8].self) == enrolled, "until it is confirmed")
      let tried = try await test.audit { $0.action = "second_factor_begun" }.entries
      #expect(tried.map(\.result) == [.done, .failed, .done, .failed, .failed, .failed] && tried.last?.detail == "password")
    }
  }

  @Test func `guessing the password at a second factor is slowed down as signing in is`() async throws {
    try await withAccounts { test in
      try await test.user("li")
      let session = try await test.signIn("li", from: "10.0.0.9").sessionToken
      for _ in 0..<6 { _ = await code { _ = try await test.begin(session, "wrong-password", from: "10.0.0.9") } }
      #expect(await code { _ = try await test.begin(session, password, from: "10.0.0.9") } == "throttled", "right or wrong")
      #expect(await code { _ = try await test.signIn("li", from: "10.0.0.2") } == "throttled", "the name is the same")
      #expect(try await test.failures("address:10.0.0.9") == 6)
      test.clock.advance(by: .seconds(2))
      _ = try await test.begin(session, password, from: "10.0.0.9")
      #expect(try await test.failures("name:li") == 6, "a right one is no failure, and excuses none")
    }
  }

  /// The caller did not hear that it was done.
  @Test func `the same change asked for again is answered as the first time`() async throws {
    try await withAccounts { test in
      try await test.user("li")
      let session = try await test.signIn("li").sessionToken
      try await test.change(session, password, better)
      let other = try await test.signIn("li", better).sessionToken
      try await test.change(session, password, better)
      #expect(try await test.failures("name:li") == 0)
      #expect(try await test.audit { $0.action = "password_changed" }.entries.map(\.result) == [.done], "it was done once")
      _ = try await test.identify(other)
      #expect(await code { try await test.change(session, password, "another horse battery") } == "password_wrong", "another change")
      #expect(await code { try await test.change(other, password, better) } == "password_wrong", "another session tries no passwords out")
      test.clock.advance(by: ChangePassword.repeatable + .seconds(1))
      #expect(await code { try await test.change(session, password, better) } == "password_wrong", "nobody repeats that late")
    }
  }

  /// However many steps were in time: the change is made in time or not at all, and being late is no failure of theirs.
  @Test(arguments: 0...3) func `what might come too late is not begun`(stepsInTime: Int) async throws {
    try await withAccounts { test in
      try await test.user("li")
      let session = try await test.signIn("li").sessionToken
      let deadline = MonotonicTime.now()
      let looks = Mutex(0)
      let patience = Patience(until: deadline) {
        let count = looks.withLock { looks in
          looks += 1
          return looks
        }
        return deadline.advanced(by: count <= stepsInTime ? .seconds(-10) : .seconds(-1))
      }
      let outcome = await refusal {
        try await ChangePassword(office: test.rpc.office)(
          SessionToken(text: session), old: password, new: better, SignInOrigin(), patience)
      }
      #expect(outcome == (stepsInTime < 3 ? .busy : nil))
      #expect(try await test.failures("name:li") == 0)
      _ = try await test.signIn("li", stepsInTime < 3 ? password : better)
    }
  }

  @Test func `a caller who will have gone by then is told so at once`() async throws {
    try await withAccounts { test in
      try await test.user("li")
      let session = try await test.signIn("li").sessionToken
      #expect(await code { try await test.change(session, password, better, deadline: .now().advanced(by: .seconds(1))) } == "busy")
      try await test.change(session, password, better, deadline: .now().advanced(by: .seconds(3_600)))
    }
  }

  private func refusal(_ body: () async throws -> Void) async -> AccountRefusal? {
    do {
      try await body()
      return nil
    } catch {
      return error as? AccountRefusal
    }
  }
}

@Suite struct TurnQueueTests {
  private static func at(_ second: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: second * 1_000_000_000) }

  @Test func `so many work, so many wait, the rest is refused`() {
    var queue = TurnQueue<String>(parallel: 2, limit: 2)
    #expect((1...5).map { queue.ask($0, latestStart: nil, "\($0)") } == [.begin, .begin, .wait, .wait, .refuse])
    #expect(queue.pass(at: Self.at(0)).next == "3" && queue.pass(at: Self.at(0)).next == "4", "who waits longest")
    #expect(queue.pass(at: Self.at(0)).next == nil && queue.running == 1)
    #expect(queue.pass(at: Self.at(0)).next == nil && queue.running == 0)
    #expect(queue.ask(6, latestStart: nil, "6") == .begin)
  }

  @Test func `nobody gets a turn that is worth nothing any more`() {
    var queue = TurnQueue<String>(parallel: 1, limit: 9)
    for (number, latest) in [(1, nil), (2, 5), (3, 20), (4, 5), (5, nil)] as [(UInt64, UInt64?)] {
      _ = queue.ask(number, latestStart: latest.map(Self.at), "\(number)")
    }
    let passed = queue.pass(at: Self.at(10))
    #expect(passed.next == "3" && passed.late == ["2", "4"])
    #expect(queue.leave(5) == "5" && queue.leave(5) == nil && queue.leave(3) == nil)
    #expect(queue.pass(at: Self.at(10)).next == nil && queue.running == 0)
  }
}
