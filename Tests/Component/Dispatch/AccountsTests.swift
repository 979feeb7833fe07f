// Accounts against a real database: signing in and being slowed down, sessions, the second factor, administration, the audit list.
import AccountsAPI
import CityModel
import CommonAPI
import Cryptography
import DispatchDomain
import Events
import NodeKit
import Postgres
import RPC
import Reactor
import Synchronization
import TestKit
import Testing
import Wire

@testable import DispatchService

/// The accounts of a node on a clock of their own.
struct TestAccounts: Sendable {
  let database: Database
  let rpc: AccountsRPC
  let clock: ManualClock
  let node: TestNode

  /// Creates a user as the operator.
  @discardableResult
  func user(_ name: String, _ roles: [String] = ["dispatcher"], password: String = "kiosk9-maple-river") async throws -> User {
    let user = User(name: name, displayName: name, roles: roles)
    return try #require(try await rpc.putUser(PutUserRequest(user: user, password: password), call(AccountsMethods.putUser)).user)
  }

  func signIn(_ name: String, _ password: String = "kiosk9-maple-river", code: String = "", from address: String = "10.0.0.1") async throws
    -> SignInResponse
  {
    try await rpc.signIn(
      SignInRequest(name: name, password: password, totpCode: code, origin: Origin(address: address, userAgent: "Firefox")),
      call(AccountsMethods.signIn, as: "console"))
  }

  func identify(_ token: String) async throws -> IdentifyResponse {
    try await rpc.identify(IdentifyRequest(sessionToken: token), call(AccountsMethods.identify, as: "console"))
  }

  func audit(_ change: (inout ListAuditRequest) -> Void = { _ in }) async throws -> ListAuditResponse {
    var request = ListAuditRequest()
    change(&request)
    return try await rpc.listAudit(request, call(AccountsMethods.listAudit))
  }
}

func withAccounts(_ body: @escaping @Sendable (TestAccounts) async throws -> Void) async throws {
  try await withDatabase(EventsSchema.migrations + DispatchService.migrations) { test in
    let node = try TestNode()
    let issued = try node.issue("dispatch")
    let key = try SigningKey(certificate: .pem(issued.certificatePEM), key: .pem(issued.privateKeyPEM))
    let clock = ManualClock(systemNow())
    let office = AccountsOffice(
      database: test.database, cipher: FieldCipher(key: [UInt8](repeating: 3, count: 32)), now: { clock.now() })
    let rpc = AccountsRPC(office: office, issuer: IdentityIssuer(key: key, identity: node.identity(of: "dispatch")))
    try await body(TestAccounts(database: test.database, rpc: rpc, clock: clock, node: node))
  }
}

/// The stable code of the refusal.
func code(_ body: () async throws -> Void) async -> String? {
  do {
    try await body()
    return nil
  } catch {
    return (error as? RPCError)?.metadata.first(named: RPCError.refusalCode) ?? "\(error)"
  }
}

@Suite(.timeLimit(.minutes(5))) struct AccountsTests {
  @Test func `a new user signs in, changes the password, and is known to every service`() async throws {
    try await withAccounts { test in
      let put = PutUserRequest(user: User(name: "zhang", displayName: "张三", roles: ["dispatcher", "checker"], district: "D1"))
      let made = try await test.rpc.putUser(put, call(AccountsMethods.putUser))
      #expect(made.oneTimePassword.count == 19 && made.user?.mustChangePassword == true)
      let first = try await test.signIn("Zhang", made.oneTimePassword)
      #expect(first.mustChangePassword && first.identity?.roles == [], "nothing is allowed before")
      let change = ChangePasswordRequest(
        sessionToken: first.sessionToken, oldPassword: made.oneTimePassword, newPassword: "correct horse battery")
      _ = try await test.rpc.changePassword(change, call(AccountsMethods.changePassword))
      let known = try await test.identify(first.sessionToken)
      #expect(known.identity?.roles == ["dispatcher", "checker"] && known.identity?.district == "D1" && !known.mustChangePassword)
      var metadata = Metadata()
      metadata.append(IdentityKeys.metadata, bytes: try #require(known.signedIdentity).encoded())
      let verifier = IdentityVerifier(
        authorities: try TrustedAuthorities(.pem(test.node.authority.certificatePEM)), service: test.node.identity(of: "intake"))
      let person = try verifier.person(
        of: CallContext(method: AccountsMethods.identify, metadata: metadata, peer: Peer(address: "x", identity: nil)))
      #expect(person?.name == "zhang" && person?.displayName == "张三")
      #expect(await code { _ = try await test.signIn("zhang", made.oneTimePassword) } == "sign_in_failed", "it is good once")
      let tokens = try await test.database.query("SELECT count(*) FROM sessions WHERE token_hash = \(Array(first.sessionToken.utf8))")
      #expect(try tokens[0][0, Int64.self] == 0)
    }
  }

  @Test func `whoever guesses gets one answer, and slower ones`() async throws {
    try await withAccounts { test in
      try await test.user("li")
      for (name, password) in [("li", "wrong-password"), ("nobody", "kiosk9-maple-river"), ("' OR 1=1", "x"), ("li", ""), ("", "")] {
        #expect(await code { _ = try await test.signIn(name, password, from: "10.0.0.\(password.count)") } == "sign_in_failed")
      }
      for _ in 0..<4 { _ = await code { _ = try await test.signIn("li", "wrong-password", from: "10.1.0.1") } }
      let refused = await #expect(throws: RPCError.self) { try await test.signIn("li") }
      #expect(refused?.code == .resourceExhausted && refused?.metadata.first(named: "retry-after-seconds") == "1", "right or wrong")
      test.clock.advance(by: .seconds(2))
      _ = try await test.signIn("li")
      #expect(try await test.audit { $0.action = "sign_in" }.entries.first?.result == .done)
      #expect(try await test.audit { $0.result = .failed }.entries.contains { $0.userName == "?" }, "what was typed is not kept")
    }
  }

  @Test func `guessing in parallel passes no more than guessing in a row`() async throws {
    try await withAccounts { test in
      try await test.user("li")
      let outcomes = await withTaskGroup(of: String?.self) { group in
        for _ in 0..<24 { group.addTask { await code { _ = try await test.signIn("li", "wrong-password") } } }
        return await group.reduce(into: [String: Int]()) { $0[$1 ?? "in", default: 0] += 1 }
      }
      #expect((outcomes["sign_in_failed"] ?? 0) == 6 && (outcomes["throttled"] ?? 0) == 18, "\(outcomes)")
    }
  }

  @Test func `sessions end by themselves, by signing out, and by others`() async throws {
    try await withAccounts { test in
      let user = try await test.user("li")
      let (one, two) = (try await test.signIn("li"), try await test.signIn("li"))
      test.clock.advance(by: .seconds(29 * 60))
      _ = try await test.identify(one.sessionToken)
      test.clock.advance(by: .seconds(2 * 60))
      _ = try await test.identify(one.sessionToken)
      #expect(await code { _ = try await test.identify(two.sessionToken) } == "session_ended", "unused for half an hour")
      _ = try await test.rpc.signOut(SignOutRequest(sessionToken: one.sessionToken), call(AccountsMethods.signOut))
      #expect(await code { _ = try await test.identify(one.sessionToken) } == "session_ended")
      let three = try await test.signIn("li")
      let listed = try await test.rpc.listSessions(ListSessionsRequest(name: "li"), call(AccountsMethods.listSessions)).sessions
      #expect(listed.map(\.id) == [try #require(three.session).id] && listed[0].address == "10.0.0.1")
      _ = try await test.rpc.revokeSession(RevokeSessionRequest(sessionId: listed[0].id), call(AccountsMethods.revokeSession))
      #expect(await code { _ = try await test.identify(three.sessionToken) } == "session_ended")
      let four = try await test.signIn("li")
      var disabled = user
      disabled.disabled = true
      _ = try await test.rpc.putUser(PutUserRequest(user: disabled), call(AccountsMethods.putUser))
      #expect(await code { _ = try await test.identify(four.sessionToken) } == "session_ended")
      #expect(await code { _ = try await test.signIn("li") } == "sign_in_failed")
      for token in ["", "x", String(repeating: "0", count: 52), String(repeating: "A", count: 100_000)] {
        #expect(await code { _ = try await test.identify(token) } == "session_ended")
      }
    }
  }

  @Test func `an open page that asks by itself keeps no session alive`() async throws {
    try await withAccounts { test in
      try await test.user("li")
      let token = try await test.signIn("li").sessionToken
      func look() async throws {
        _ = try await test.rpc.identify(
          IdentifyRequest(sessionToken: token, lookOnly: true), call(AccountsMethods.identify, as: "console"))
      }
      for _ in 0..<29 {
        test.clock.advance(by: .seconds(60))
        try await look()
      }
      _ = try await test.identify(token)
      test.clock.advance(by: .seconds(29 * 60))
      try await look()
      test.clock.advance(by: .seconds(60))
      #expect(await code { try await look() } == "session_ended", "half an hour after the last use, however often somebody looked")
    }
  }

  @Test func `everybody sees and ends the own sessions, and learns nothing of others'`() async throws {
    try await withAccounts { test in
      try await test.user("li")
      try await test.user("wang")
      let (one, two) = (try await test.signIn("li"), try await test.signIn("li", from: "10.0.0.2"))
      let other = try await test.signIn("wang")
      let session = try #require(one.session)
      let person = Person(
        id: try #require(Identifier(bytes: session.userId)).description, name: "li", roles: ["crew"], session: session.id)
      let asLi = CallContext(
        method: AccountsMethods.revokeSession, peer: Peer(address: "x", identity: test.node.identity(of: "console")), person: person)
      func end(_ session: Session?) async throws -> Bool {
        try await test.rpc.revokeSession(RevokeSessionRequest(sessionId: try #require(session).id), asLi).wasLiving
      }
      let own = try await test.rpc.listSessions(ListSessionsRequest(userId: session.userId), asLi).sessions
      #expect(Set(own.map(\.id)) == Set([session.id, try #require(two.session).id]))
      #expect(try await !end(other.session), "as if it did not exist")
      _ = try await test.identify(other.sessionToken)
      #expect(try await end(two.session))
      #expect(await code { _ = try await test.identify(two.sessionToken) } == "session_ended")
      #expect(try await !end(two.session), "it has ended")
      _ = try await test.identify(one.sessionToken)
      #expect(try await test.audit { $0.action = "session_revoked" }.entries.map(\.userName) == ["li"])
    }
  }

  @Test func `a host with many addresses is slowed down like one`() async throws {
    try await withAccounts { test in
      for number in 1...21 { _ = await code { _ = try await test.signIn("nobody-\(number)", "x", from: "2001:db8:1:2:\(number)::1") } }
      #expect(await code { _ = try await test.signIn("li", "x", from: "2001:db8:1:2:ffff::9") } == "throttled")
      #expect(await code { _ = try await test.signIn("li", "x", from: "2001:db8:1:3::9") } == "sign_in_failed")
    }
  }

  @Test func `a second factor is asked for, and each code is good once`() async throws {
    try await withAccounts { test in
      try await test.user("li")
      let session = try await test.signIn("li").sessionToken
      let begun = try await test.rpc.beginSecondFactor(
        BeginSecondFactorRequest(sessionToken: session, password: "kiosk9-maple-river"), call(AccountsMethods.beginSecondFactor))
      #expect(begun.uri.hasPrefix("otpauth://totp/Chengyun:li?secret=\(begun.secret)&"))
      let elsewhere = try await test.signIn("li").sessionToken  // not confirmed: not asked for
      let secret = try #require(RFC4648.decode(begun.secret))
      func now() -> String { TOTP.code(of: TOTP.step(at: test.clock.now().seconds), secret: secret) }
      func confirm(_ code: String) async throws {
        _ = try await test.rpc.confirmSecondFactor(
          ConfirmSecondFactorRequest(sessionToken: session, totpCode: code), call(AccountsMethods.confirmSecondFactor))
      }
      #expect(await code { try await confirm("000000") } == "second_factor_wrong")
      _ = try await test.identify(elsewhere)
      try await confirm(now())
      #expect(await code { _ = try await test.identify(elsewhere) } == "session_ended", "begun without it")
      #expect(try await test.identify(session).hasSecondFactor)
      #expect(await code { _ = try await test.signIn("li") } == "second_factor_required")
      #expect(await code { _ = try await test.signIn("li", code: now()) } == "second_factor_wrong", "used by the enrolment")
      test.clock.advance(by: .seconds(30))
      #expect(try await test.identify(try await test.signIn("li", code: now()).sessionToken).hasSecondFactor)
      #expect(await code { _ = try await test.signIn("li", code: now()) } == "second_factor_wrong", "replayed")
      let stored = try await test.database.query("SELECT second_factor FROM accounts").column([UInt8].self)[0]
      #expect(stored.count > 40 && !String(decoding: stored, as: UTF8.self).contains(begun.secret), "sealed")
      let reset = ResetPasswordRequest(name: "li", removeSecondFactor: true)
      let password = try await test.rpc.resetPassword(reset, call(AccountsMethods.resetPassword)).oneTimePassword
      #expect(try await test.signIn("li", password).mustChangePassword)
      #expect(await code { _ = try await test.identify(session) } == "session_ended")
    }
  }

  /// Somebody knows an old password, and an administrator takes it away at that moment: the administrator's word stands.
  @Test func `what an administrator resets meanwhile stays reset`() async throws {
    try await withAccounts { test in
      try await test.user("li")
      let session = try await test.signIn("li").sessionToken
      let change = ChangePasswordRequest(sessionToken: session, oldPassword: "kiosk9-maple-river", newPassword: "correct horse battery")
      let changing = try await between(test, "UPDATE accounts SET password_hash = 'scrypt$another' WHERE name = 'li'") {
        _ = try await test.rpc.changePassword(change, call(AccountsMethods.changePassword))
      }
      #expect(changing == "session_ended")
      #expect(try await test.database.query("SELECT password_hash FROM accounts").column(String.self) == ["scrypt$another"])
      #expect(try await test.audit { $0.action = "password_changed" }.entries.isEmpty)
    }
  }

  @Test func `a second factor counts only as it was confirmed`() async throws {
    try await withAccounts { test in
      try await test.user("li")
      let session = try await test.signIn("li").sessionToken
      let begun = try await test.rpc.beginSecondFactor(
        BeginSecondFactorRequest(sessionToken: session, password: "kiosk9-maple-river"), call(AccountsMethods.beginSecondFactor))
      let secret = try #require(RFC4648.decode(begun.secret))
      let confirm = ConfirmSecondFactorRequest(
        sessionToken: session, totpCode: TOTP.code(of: TOTP.step(at: test.clock.now().seconds), secret: secret))
      let confirming = try await between(test, "UPDATE accounts SET pending_factor = 'another' WHERE name = 'li'") {
        _ = try await test.rpc.confirmSecondFactor(confirm, call(AccountsMethods.confirmSecondFactor))
      }
      #expect(confirming == "no_second_factor_begun")
      #expect(try await test.database.query("SELECT second_factor FROM accounts").column([UInt8]?.self) == [nil])
    }
  }

  /// The command comes to the account's row while somebody else has it, who then changes it.
  private func between(_ test: TestAccounts, _ change: SQL, _ command: @escaping @Sendable () async throws -> Void) async throws -> String?
  {
    try await test.database.transaction { transaction in
      try await transaction.query("SELECT FROM accounts FOR UPDATE")
      let task = Reactor.current!.spawn { await code(command) }
      try await test.database.untilSomebodyWaits(for: transaction)
      try await transaction.query(change)
      return task
    }.value
  }

  @Test func `administrators keep at least one of them, and versions decide who was first`() async throws {
    try await withAccounts { test in
      var (one, two) = (try await test.user("one", ["administrator"]), try await test.user("two", ["administrator"]))
      func put(_ user: User) async throws -> User? {
        try await test.rpc.putUser(PutUserRequest(user: user), call(AccountsMethods.putUser)).user
      }
      one.disabled = true
      #expect(try await put(one)?.version == 2)
      #expect(await code { _ = try await put(one) } == "conflict")
      two.roles = ["auditor"]
      #expect(await code { _ = try await put(two) } == "last_administrator")
      #expect(await code { _ = try await test.user("two") } == "name_taken")
      #expect(await code { _ = try await test.user("three", ["king"]) } == "unknown_role")
      #expect(await code { _ = try await test.user("three", ["crew"]) } == "department_required")
      let elsewhere = User(name: "four", displayName: "四", roles: ["department"], department: "没有")
      #expect(await code { _ = try await put(elsewhere) } == "unknown_department")
      let weak = PutUserRequest(user: User(name: "five", displayName: "五", roles: ["auditor"]), password: "password")
      #expect(await code { _ = try await test.rpc.putUser(weak, call(AccountsMethods.putUser)) } == "password_weak")
      var byConsole = weak
      byConsole.password = "correct horse battery"
      #expect(await code { _ = try await test.rpc.putUser(byConsole, call(AccountsMethods.putUser, as: "console")) } == "not_yours")
      let listed = try await test.rpc.listUsers(ListUsersRequest(page: Page(size: 1)), call(AccountsMethods.listUsers))
      #expect(listed.users.map(\.name) == ["one"] && listed.nextPageToken == "one")
      let found = try await test.rpc.listUsers(ListUsersRequest(query: "TW"), call(AccountsMethods.listUsers))
      #expect(found.users.map(\.name) == ["two"])
    }
  }

  @Test func `the audit list is only added to, and read from the newest`() async throws {
    try await withAccounts { test in
      try await test.user("li")
      let session = try #require(try await test.signIn("li").session)
      let person = Person(
        id: try #require(Identifier(bytes: session.userId)).description, name: "li", roles: ["dispatcher"], session: session.id)
      let asPerson = CallContext(
        method: AccountsMethods.record, peer: Peer(address: "x", identity: test.node.identity(of: "console")), person: person)
      for number in 1...5 {
        let export = RecordRequest(action: "export", target: "cases-\(number)", result: .done, origin: Origin(address: "10.0.0.9"))
        _ = try await test.rpc.record(export, asPerson)
      }
      #expect(
        await code { _ = try await test.rpc.record(RecordRequest(action: "sign_in"), asPerson) } == "invalid_value",
        "not the console's to say")
      #expect(await code { _ = try await test.rpc.record(RecordRequest(action: "x y"), asPerson) } == "invalid_value")
      let first = try await test.audit { $0.page = Page(size: 3) }
      #expect(first.entries.map(\.target) == ["cases-5", "cases-4", "cases-3"] && first.entries[0].userName == "li")
      #expect(first.entries[0].sessionId == session.id && first.entries[0].address == "10.0.0.9")
      let second = try await test.audit { $0.page = Page(size: 100, token: first.nextPageToken) }
      #expect(second.entries.map(\.action) == ["export", "export", "sign_in", "user_created"] && second.nextPageToken.isEmpty)
      #expect(try await test.audit { $0.target = "cases-2" }.entries.count == 1)
      for statement: SQL in ["UPDATE audit SET detail = 'x'", "DELETE FROM audit", "TRUNCATE audit"] {
        await #expect(throws: PostgresError.self) { try await test.database.query(statement) }
      }
      #expect(await code { _ = try await test.rpc.listSessions(ListSessionsRequest(name: "nobody"), asPerson) } == "not_yours")
      #expect(try await test.rpc.listSessions(ListSessionsRequest(), asPerson).sessions.count == 1)
    }
  }
}

/// What an authenticator app does with the secret's text.
enum RFC4648 {
  static func decode(_ text: String) -> [UInt8]? {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
    var (bytes, buffer, bits) = ([UInt8](), 0, 0)
    for symbol in text.utf8 {
      guard let value = alphabet.firstIndex(of: symbol) else { return nil }
      (buffer, bits) = (buffer << 5 | value, bits + 5)
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
        buffer &= (1 << bits) - 1
      }
    }
    return bytes
  }
}
